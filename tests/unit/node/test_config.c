#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys/file.h"
#include "node/config.h"

#define NODE "[node]\nfolder = /f\nofficers = ipc:///o\n"

static char path[64], fault_text[CONFIG_FAULT_MAX + 1];
static struct config *c;

static void
set_up(void)
{
    int fd;

    (void)snprintf(path, sizeof(path), "/tmp/valise-config-XXXXXX");
    cr_assert_geq(fd = mkstemp(path), 0);
    (void)close(fd);
}

static void
tear_down(void)
{
    config_free(c);
    (void)unlink(path);
}

TestSuite(config, .init = set_up, .fini = tear_down);

static enum err
read_bytes(struct slice content)
{
    struct config_fault f = { "" };
    enum err e;

    config_free(c);
    c = NULL;
    cr_assert_eq(file_write(path, content, 0600, true), OK);
    e = config_read(path, &c, &f);
    cr_assert_eq(e == OK, c != NULL);
    cr_assert_eq(e == OK, f.text[0] == '\0', "%s", f.text);
    (void)snprintf(fault_text, sizeof(fault_text), "%s", f.text);
    return e;
}

static enum err
read_text(const char *text)
{
    return read_bytes(slice_str(text));
}

Test(config, a_whole_file_is_read)
{
    cr_assert_eq(read_text("# a comment\n; and one\n\n[node]\r\n"
        "folder=/var/lib/valise\nlisten = tcp://*:7001\n"
        "officers = ipc:///run/valise/node;1\nlog = warn\n"
        "[limits]\nrate = 7\nburst = 70\nbeat = 5\nstore_max = 20G\n"
        "[peer QM-FIU]\nendpoint = tcp://[::1]:7002\n"
        "[peer QO-FIU]\nendpoint = ipc:///q"), ERR_CONFIG,
        "a ; in a path");
    cr_assert_eq(read_text("# a comment\n; and one\n\n[node]\r\n"
        "folder=/var/lib/valise\nlisten = tcp://*:7001\n"
        "officers = ipc:///run/valise/node\nlog = warn\nsend_delay = 5\n"
        "[limits]\nrate = 7\nburst = 70\nbeat = 5\nstore_max = 20G\n"
        "[peer QM-FIU]\nendpoint = tcp://[::1]:7002\n"
        "[peer QO-FIU]\nendpoint = ipc:///q"), OK, "%s", fault_text);
    cr_assert_str_eq(c->folder, "/var/lib/valise");
    cr_assert_str_eq(c->listen, "tcp://*:7001");
    cr_assert_str_eq(c->officers, "ipc:///run/valise/node");
    cr_assert_eq(c->log, LOG_WARN);
    cr_assert_eq(c->limits.rate, 7);
    cr_assert_eq(c->limits.burst, 70);
    cr_assert_eq(c->limits.beat, 5);
    cr_assert_eq(c->limits.send_delay, 5);
    cr_assert_eq(c->limits.store_max, (uint64_t)20 << 30);
    cr_assert_str_eq(config_override(c, slice_str("QM-FIU")),
        "tcp://[::1]:7002");
    cr_assert_str_eq(config_override(c, slice_str("QO-FIU")), "ipc:///q");
    cr_assert_null(config_override(c, slice_str("QX-FIU")));
}

Test(config, what_is_absent_has_the_numbers_of_the_protocol)
{
    cr_assert_eq(read_text(NODE), OK, "%s", fault_text);
    cr_assert_str_eq(c->listen, "");
    cr_assert_eq(c->log, LOG_INFO);
    cr_assert_eq(c->limits.rate, 200);
    cr_assert_eq(c->limits.burst, 2000);
    cr_assert_eq(c->limits.beat, 30);
    cr_assert_eq(c->limits.send_delay, 60);
    cr_assert_eq(c->limits.store_max, 0);
    cr_assert_eq(c->limits.officer_room, (uint64_t)128 << 30);
    cr_assert_eq(c->limits.peer_room, (uint64_t)128 << 30);
}

Test(config, a_room_is_of_all_peers_or_of_one)
{
    uint64_t bytes = 7;

    cr_assert_eq(read_text(NODE "[limits]\nofficer_room = 3G\n"
        "peer_room = 1G\n[peer QM-FIU]\nroom = 0\n"
        "[peer QN-FIU]\nendpoint = ipc:///q\n"), OK, "%s", fault_text);
    cr_assert_eq(c->limits.officer_room, (uint64_t)3 << 30);
    cr_assert_eq(c->limits.peer_room, (uint64_t)1 << 30);
    cr_assert(config_room(c, slice_str("QM-FIU"), &bytes));
    cr_assert_eq(bytes, 0);
    cr_assert(!config_room(c, slice_str("QN-FIU"), &bytes));
    cr_assert(!config_room(c, slice_str("QO-FIU"), &bytes));
}

Test(config, a_bandwidth_is_of_all_peers_or_of_one)
{
    uint64_t bytes = 7;

    cr_assert_eq(read_text(NODE "[limits]\nbandwidth = 10M\n[peer QM-FIU]\nbandwidth = 2K\n"
        "[peer QN-FIU]\nendpoint = ipc:///q\n[peer QO-FIU]\n"
        "bandwidth = 0\n"), OK, "%s", fault_text);
    cr_assert_eq(c->limits.bandwidth, 10 * 1048576);
    cr_assert(config_bandwidth(c, slice_str("QM-FIU"), &bytes));
    cr_assert_eq(bytes, 2048);
    cr_assert_null(config_override(c, slice_str("QM-FIU")));
    cr_assert(!config_bandwidth(c, slice_str("QN-FIU"), &bytes));
    cr_assert(config_bandwidth(c, slice_str("QO-FIU"), &bytes));
    cr_assert_eq(bytes, 0);
    cr_assert(!config_bandwidth(c, slice_str("QP-FIU"), &bytes));
}

/* Each with the line that it stands in. */
static const struct { const char *text, *fault; } faults[] = {
    { "", "0: there is no [node]" },
    { "[limits]\n", "1: there is no [node]" },
    { "[node]\nfolder = /f\n",
      "1: [node] has no officers: expected tcp://HOST:PORT, or" },
    { "[node]\nofficers = ipc:///o\n[limits]\n",
      "1: [node] has no folder: expected a path" },
    { NODE "[peer QM-FIU]\n", "4: [peer QM-FIU] has no key: expected" },
    { NODE "[peer QM-FIU]\nbandwidth = fast\n",
      "5: bandwidth = fast: expected bytes a second" },
    { NODE "[limits]\nbandwidth = 1T\n",
      "5: bandwidth = 1T: expected bytes a second" },
    { NODE "colour = red\n", "4: colour is no key of [node]" },
    { NODE "folder = /g\n", "4: folder is there twice" },
    { NODE "[node]\n", "4: [node] is there twice" },
    { NODE "[limit]\n", "4: [limit] is no section: expected [node]," },
    { NODE "[peer]\n", "4: [peer] is no section" },
    { NODE "[peer qm]\nendpoint = ipc:///x\n",
      "4: [peer qm]: expected the name of an authority" },
    { NODE "[peer QM-FIU]\nendpoint = ipc:///x\n[peer QM-FIU]\n",
      "6: [peer QM-FIU] is there twice" },
    { NODE "[peer QM-FIU]\nendpoint = tcp://*:1\n",
      "5: endpoint = tcp://*:1: expected tcp://HOST:PORT" },
    { "folder = /f\n", "1: folder stands before the first [SECTION]" },
    { NODE "listen = tcp://h\n", "4: listen = tcp://h: expected tcp:" },
    { NODE "listen = ipc:///o\n", "4: [node] officers: expected another" },
    { NODE "listen =\n", "4: listen = : expected" },
    { NODE "listen\n", "4: expected KEY = VALUE" },
    { NODE "listen: tcp://h:1\n", "4: expected KEY = VALUE" },
    { NODE "a:b = c\n", "4: expected KEY = VALUE" },
    { NODE "log = debug\n", "4: log = debug: expected error, warn or" },
    { NODE "log = warn ; quiet\n", "4: a comment stands on a line" },
    { NODE "log = warn\t;quiet\n", "4: a comment stands on a line" },
    { NODE " log = warn\n", "4: a line may not begin with a blank" },
    { NODE "\tmore\n", "4: a line may not begin with a blank" },
    { NODE "[limits] # all\n", "4: expected [SECTION] alone" },
    { NODE "[limits\n", "4: expected [SECTION] alone" },
    { NODE "log = \033[2J\n", "4: a byte that is no text" },
    { "\357\273\277" NODE, "1: expected KEY = VALUE" },
    { NODE "send_delay = 3601\n", "4: send_delay = 3601: expected sec" },
    { NODE "[limits]\nrate = 0\n", "5: rate = 0: expected a number" },
    { NODE "[limits]\nrate = 1x\n", "5: rate = 1x: expected" },
    { NODE "[limits]\nrate = -1\n", "5: rate = -1: expected" },
    { NODE "[limits]\nrate = 100001\n", "5: rate = 100001: expected" },
    { NODE "[limits]\nrate = 18446744073709551617\n", "5: rate = 1844" },
    { NODE "[limits]\nrate = 3000\n", "5: [limits] burst is below rate" },
    { NODE "[limits]\nbeat = 4\n", "5: beat = 4: expected seconds" },
    { NODE "[limits]\nstore_max = 1M\n", "5: store_max = 1M: expected" },
    { NODE "[limits]\nstore_max = 1T\n", "5: store_max = 1T: expected" },
    { NODE "[limits]\nstore_max = 1125899906842624G\n",
      "5: store_max = 1125899906842624G: expected" },
};

Test(config, every_fault_is_named_with_its_line)
{
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        const char *text = fault_text;

        cr_expect_eq(read_text(faults[i].text), ERR_CONFIG, "row %zu", i);
        cr_assert_eq(strncmp(text, path, strlen(path)), 0, "%s", text);
        text += strlen(path) + 1;
        cr_expect_eq(strncmp(text, faults[i].fault, strlen(faults[i].fault)), 0,
            "row %zu: %s", i, text);
    }
}

Test(config, a_line_too_long_is_refused_and_not_cut)
{
    char text[512] = NODE;
    size_t n = strlen(text);

    text[n] = '#';
    (void)memset(text + n + 1, 'x', CONFIG_LINE_MAX - 1);
    cr_assert_eq(read_text(text), OK, "%s", fault_text);
    text[n + CONFIG_LINE_MAX] = 'x';
    cr_assert_eq(read_text(text), ERR_CONFIG);
    cr_assert_not_null(strstr(fault_text, ":4: a line is longer than 180"));
}

Test(config, a_folder_is_taken_whole_or_not)
{
    char text[512];
    char name[CONFIG_PATH_MAX + 2];

    (void)memset(name, 'd', sizeof(name) - 1);
    name[0] = '/';
    name[CONFIG_PATH_MAX] = '\0';
    (void)snprintf(text, sizeof(text), "[node]\nofficers=ipc:///o\n"
        "folder = %s", name);
    cr_assert_eq(read_text(text), OK, "%s", fault_text);
    cr_assert_str_eq(c->folder, name);
    name[CONFIG_PATH_MAX] = 'd';
    name[CONFIG_PATH_MAX + 1] = '\0';
    (void)snprintf(text, sizeof(text), "[node]\nofficers=ipc:///o\n"
        "folder = %s", name);
    cr_assert_eq(read_text(text), ERR_CONFIG);
}

Test(config, a_file_that_is_none_is_refused)
{
    struct config_fault f;

    cr_assert_eq(config_read("/nowhere/valised.conf", &c, &f), ERR_NOTFOUND);
    cr_assert_not_null(strstr(f.text, "/nowhere/valised.conf: not found"));
    cr_assert_eq(read_bytes(slice_of(NODE "\0[limits]", sizeof(NODE) + 9)),
        ERR_CONFIG);
}
