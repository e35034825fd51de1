/*
 * The folder of one person, the passphrase and its sources, and the agent.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "cli/text/text.h"
#include "cli/trust/agent.h"
#include "cli/trust/config.h"
#include "cli/trust/home.h"
#include "tests/unit/cli/line.h"

#define NEW "key new QM-FIU o-114 --person bela --kdf interactive " \
    "--home home --passphrase-file words"

static void
setup(void)
{
    line_setup();
    cr_assert_eq(line_run(NEW), 0, "%s", line_err);
}

TestSuite(home, .init = setup, .fini = line_teardown);

/* A run as command_main makes it, for what has no command of its own. */
static const struct option_row rows[] = { HOME_OPTIONS,
    { NULL, NULL, NULL } };
static const struct command probe = { .name = "probe", .options = rows };

static void
start(struct run *r, struct surroundings *env, const char *file)
{
    *env = (struct surroundings){ .in = stdin, .out = stdout,
        .err = fopen("/dev/null", "w"), .now = LINE_NOW,
        .domain = &domain_valise, .commands = commands_all };
    *r = (struct run){ .env = env, .c = &probe };
    out_init(&r->err, env->err, OUT_NEVER);
    r->set[0] = "home";
    r->set[2] = file;
}

static enum err
try_open(const char *file, struct home **h)
{
    struct surroundings env;
    struct run r;
    enum err e;

    start(&r, &env, file);
    e = home_open(&r, h);
    (void)fclose(env.err);
    return e;
}

Test(home, opens_with_the_passphrase_and_with_no_other)
{
    char path[HOME_PATH_MAX];
    struct home *h = NULL;

    cr_expect_eq(try_open("others", &h), ERR_PASSPHRASE);
    cr_expect_eq(try_open(NULL, &h), ERR_LOCKED);
    cr_expect_null(h);
    cr_assert_eq(try_open("words", &h), OK);
    cr_expect_str_eq(h->label, "o-114");
    cr_expect_str_eq(h->address, "");
    cr_expect(slice_is(person_name(h->person).person, "bela"));
    cr_expect_not_null(h->slots);
    cr_expect_null(person_root(h->person));
    cr_assert_eq(home_path(h, "seen", path), OK);
    cr_expect_str_eq(path, "home/seen");
    home_close(h);
    home_close(NULL);
}

Test(home, a_command_that_cannot_open_it_ends_with_the_exit_code)
{
    cr_expect_eq(line_run("key show --home home --passphrase-file others"),
        12);
    cr_expect(says(line_err, "ERR_PASSPHRASE o-114"), "%s", line_err);
    cr_expect_eq(line_run("key show --home home"), 4);
    cr_expect(says(line_err, "--passphrase-file"), "%s", line_err);
    cr_expect_eq(line_run("key show --home nowhere"), 10);
    cr_expect(says(line_err, "valise key new"), "%s", line_err);
}

Test(home, keys_or_passphrases_that_others_could_read_are_refused)
{
    cr_assert_eq(chmod("home/o-114.key", 0640), 0);
    cr_expect_eq(line_run("key show --home home --passphrase-file words"),
        1);
    cr_expect(says(line_err, "ERR_PERM home/o-114.key"), "%s", line_err);
    cr_assert_eq(chmod("home/o-114.key", 0600), 0);
    cr_assert_eq(chmod("words", 0604), 0);
    cr_expect_eq(line_run("key show --home home --passphrase-file words"),
        1);
    cr_expect(says(line_err, "ERR_PERM words"), "%s", line_err);
    cr_assert_eq(chmod("words", 0600), 0);
    cr_assert_eq(chmod("home", 0750), 0);
    cr_expect_eq(line_run("key show --home home --passphrase-file words"),
        1);
    cr_expect(says(line_err, "chmod 700"), "%s", line_err);
    cr_expect_eq(line_run("unlock --home home --passphrase-file words"), 1);
}

Test(home, of_several_keys_one_must_be_named)
{
    cr_assert_eq(line_run("key new QM-FIU o-2 --person cora --kdf "
        "interactive --home home --passphrase-file others"), 0, "%s",
        line_err);
    cr_expect_eq(line_run("key show --home home --passphrase-file words"),
        2);
    cr_expect(says(line_err, "o-114") && says(line_err, "o-2"), "%s",
        line_err);
    cr_expect_eq(line_run("key show --home home --passphrase-file others "
        "--as o-2"), 0, "%s", line_err);
    cr_expect(says(line_out, "cora"));
    cr_expect_eq(line_run("key show --home home --passphrase-file others "
        "--as o-3"), 1);
    cr_expect(says(line_err, "ERR_NOTFOUND home/o-3.key"), "%s", line_err);
    cr_expect_eq(line_run("key show --home home --passphrase-file others "
        "--as ../o-2"), 2);
}

/* A file that was renamed is not somebody else's key. */
Test(home, a_key_file_under_another_name_is_refused)
{
    cr_assert_eq(rename("home/o-114.key", "home/o-9.key"), 0);
    cr_expect_eq(line_run("key show --home home --passphrase-file words"),
        1);
    cr_expect(says(line_err, "ERR_FORMAT o-9"), "%s", line_err);
}

Test(home, a_passphrase_comes_from_a_command_that_knows_for_whom)
{
    (void)setenv("VALISE_PASSPHRASE_COMMAND", "test \"$VALISE_PASSPHRASE_FOR"
        "\" = o-114 && cat words", 1);
    cr_expect_eq(line_run("key show --home home"), 0, "%s", line_err);
    (void)setenv("VALISE_PASSPHRASE_COMMAND", "cat words; exit 1", 1);
    cr_expect_eq(line_run("key show --home home"), 1);
    (void)setenv("VALISE_PASSPHRASE_COMMAND", "cat words others", 1);
    cr_expect_eq(line_run("key show --home home"), 1);
    cr_expect(says(line_err, "one line"), "%s", line_err);
    (void)unsetenv("VALISE_PASSPHRASE_COMMAND");
    line_file("two", "one\ntwo\n");
    cr_expect_eq(line_run("key show --home home --passphrase-file two"), 1);
    cr_expect(says(line_err, "ERR_FORMAT two"), "%s", line_err);
    line_file("two", "\n");
    cr_expect_eq(line_run("key show --home home --passphrase-file two"), 1);
}

Test(home, a_configuration_that_is_not_understood_is_refused)
{
    static const char *const bad[] = {
        "[node]\naddress = somewhere\n", "[node]\nport = 7\n",
        "[other]\naddress = tcp://h:1\n", "address = tcp://h:1\n",
        "[node]\naddress = tcp://h:1\naddress = tcp://h:1\n",
        "[node\n", "[node]\naddress = tcp://h:0\n",
        "[node]\naddress = tcp://h:99999\n", "[node]\naddress = ipc://\n",
    };
    char address[CHANNEL_ENDPOINT_MAX + 1];
    struct fault f;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        line_file("conf", bad[i]);
        cr_expect_eq(config_read("conf", address, &f), ERR_CONFIG, "%s",
            bad[i]);
    }
    cr_expect_eq(config_read("none", address, &f), OK);
    cr_expect_str_eq(address, "");
    cr_expect_eq(config_write("new", "tcp://[::1]:7341"), OK);
    cr_expect_eq(config_write("new", "tcp://[::1]:7341"), OK);
    cr_expect_eq(config_write("new", "ipc:///run/o"), ERR_EXISTS);
    cr_expect_eq(config_read("new", address, &f), OK);
    cr_expect_str_eq(address, "tcp://[::1]:7341");
    line_file("home/valise.conf", bad[0]);
    cr_expect_eq(line_run("key show --home home --passphrase-file words"),
        1);
    cr_expect(says(line_err, "ERR_CONFIG"), "%s", line_err);
}

Test(home, unlocked_it_opens_without_a_passphrase_until_it_is_locked)
{
    struct home *h = NULL;

    cr_expect_eq(line_run("unlock --home home --passphrase-file others"),
        12);
    cr_expect_eq(access("home/agent.sock", F_OK), -1);
    cr_assert_eq(line_run("unlock --home home --passphrase-file words"), 0,
        "%s", line_err);
    cr_expect(says(line_out, "2027-02-28T17:00:00Z"), "%s", line_out);
    cr_assert_eq(try_open(NULL, &h), OK);
    cr_expect(slice_is(person_name(h->person).label, "o-114"));
    cr_expect_not_null(h->slots);
    home_close(h);
    cr_assert_eq(line_run("lock --home home"), 0, "%s", line_err);
    cr_expect(says(line_out, "yes"));
    cr_expect_eq(access("home/agent.sock", F_OK), -1);
    cr_expect_eq(try_open(NULL, &h), ERR_LOCKED);
    cr_assert_eq(line_run("lock --home home"), 0);
    cr_expect(says(line_out, "no"));
    cr_expect_eq(line_run("lock --home nowhere"), 0);
}

Test(home, the_agent_gives_keys_to_the_one_named_only)
{
    struct secret *s = NULL;

    cr_assert_eq(line_run("unlock --home home --passphrase-file words"), 0);
    cr_expect_eq(agent_get("home", "o-11", &s), ERR_NOTFOUND);
    cr_expect_eq(agent_get("home", "o-1145", &s), ERR_NOTFOUND);
    cr_expect_eq(agent_get("home", "", &s), ERR_NOTFOUND);
    cr_expect_null(s);
    cr_assert_eq(agent_get("home", "o-114", &s), OK);
    secret_free(s);
    cr_assert_eq(line_run("lock --home home"), 0);
}

/* The keys are in the agent and nowhere on the disk. */
Test(home, a_second_unlock_takes_the_place_of_the_first)
{
    struct secret *s = NULL;
    bool ended;

    cr_assert_eq(line_run("key new QM-FIU o-2 --person cora --kdf "
        "interactive --home home --passphrase-file others"), 0);
    cr_assert_eq(line_run("unlock --home home --passphrase-file words "
        "--as o-114"), 0);
    cr_assert_eq(line_run("unlock --home home --passphrase-file others "
        "--as o-2"), 0);
    cr_expect_eq(agent_get("home", "o-114", &s), ERR_NOTFOUND);
    cr_assert_eq(agent_get("home", "o-2", &s), OK);
    secret_free(s);
    cr_assert_eq(agent_end("home", &ended), OK);
    cr_expect(ended);
}

Test(home, a_socket_that_nobody_listens_on_is_replaced)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX,
        .sun_path = "home/agent.sock" };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct secret *s = NULL;
    bool ended;

    cr_assert_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    (void)close(fd);
    cr_expect_eq(agent_get("home", "o-114", &s), ERR_NOTFOUND);
    cr_assert_eq(line_run("unlock --home home --passphrase-file words"), 0,
        "%s", line_err);
    cr_assert_eq(agent_get("home", "o-114", &s), OK);
    secret_free(s);
    cr_assert_eq(agent_end("home", &ended), OK);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    (void)close(fd);
    cr_assert_eq(agent_end("home", &ended), OK);
    cr_expect_not(ended);
    cr_expect_eq(access("home/agent.sock", F_OK), -1);
}

/* A stranger who connects and says nothing does not keep others out. */
Test(home, a_connection_that_says_nothing_does_not_block_the_agent)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX,
        .sun_path = "home/agent.sock" };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct secret *s = NULL;
    bool ended;

    cr_assert_eq(line_run("unlock --home home --passphrase-file words"), 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    cr_assert_eq(write(fd, "G", 1), 1);
    (void)shutdown(fd, SHUT_WR);
    cr_assert_eq(agent_get("home", "o-114", &s), OK);
    secret_free(s);
    (void)close(fd);
    cr_assert_eq(agent_end("home", &ended), OK);
}

/* Its end closes what it held: this is waited for, with a deadline. */
static void
expect_end(pid_t child)
{
    int status;

    (void)alarm(10);
    cr_expect_eq(waitpid(child, &status, 0), child);
    (void)alarm(0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_expect_eq(access("home/agent.sock", F_OK), -1);
}

/* The process at the other end of the socket. */
static pid_t
agent_pid(void)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX,
        .sun_path = "home/agent.sock" };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct pollfd p = { .fd = fd, .events = POLLIN };
    char path[64], line[256];
    pid_t found = -1;
    FILE *f;

    cr_assert_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    (void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
        (int)getpid());
    cr_assert_not_null(f = fopen(path, "r"));
    cr_assert_not_null(fgets(line, sizeof(line), f));
    found = (pid_t)strtol(line, NULL, 10);
    (void)fclose(f);
    (void)shutdown(fd, SHUT_WR);
    cr_expect_eq(poll(&p, 1, 10000), 1);
    (void)close(fd);
    return found;
}

Test(home, the_agent_ends_when_its_time_is_over)
{
    cr_assert_eq(line_run("unlock --home home --passphrase-file words "
        "--for 1s"), 0, "%s", line_err);
    expect_end(agent_pid());
}

Test(home, the_agent_ends_at_the_signals_of_a_logout)
{
    static const int signals[] = { SIGTERM, SIGHUP, SIGINT };

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        pid_t child;

        cr_assert_eq(line_run("unlock --home home --passphrase-file words"),
            0);
        child = agent_pid();
        cr_assert_gt(child, 1);
        cr_assert_eq(kill(child, signals[i]), 0);
        expect_end(child);
    }
}

Test(home, a_time_that_is_none_or_longer_than_a_day_is_refused)
{
    static const char *const bad[] = { "8", "h", "0h", "25h", "-1h", "1d",
        "86401s", "99999999999999999999h", "8hh" };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char line[128];

        (void)snprintf(line, sizeof(line), "unlock --home home "
            "--passphrase-file words --for=%s", bad[i]);
        cr_expect_eq(line_run(line), 2, "%s", bad[i]);
    }
    cr_expect_eq(access("home/agent.sock", F_OK), -1);
}

/* A path longer than the address of a socket. */
Test(home, a_long_path_holds_a_socket_too)
{
    char dir[160], line[512];

    (void)memset(dir, 'd', 150);
    dir[150] = '\0';
    (void)snprintf(line, sizeof(line), "key new QM-FIU o-1 --person ana "
        "--kdf interactive --passphrase-file words --home %s", dir);
    cr_assert_eq(line_run(line), 0, "%s", line_err);
    (void)snprintf(line, sizeof(line), "unlock --passphrase-file words "
        "--home %s", dir);
    cr_assert_eq(line_run(line), 0, "%s", line_err);
    (void)snprintf(line, sizeof(line), "key show --home %s", dir);
    cr_expect_eq(line_run(line), 0, "%s", line_err);
    (void)snprintf(line, sizeof(line), "lock --home %s", dir);
    cr_expect_eq(line_run(line), 0, "%s", line_err);
    cr_expect(says(line_out, "yes"));
}
