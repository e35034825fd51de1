/*
 * An export, and everything that can be wrong with one: each byte of each
 * file, and what somebody would change who holds the node, or its log key.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/digits.h"
#include "tests/unit/cli/audit_run.h"

#define FILES_MAX 64

TestSuite(audit, .init = setup, .fini = teardown, .timeout = 600);

/* The story has exactly this fault. */
static void
expect_fault(const struct story *s, uint64_t entry, const char *text)
{
    struct audit *a;

    tell(s);
    a = run();
    cr_expect(finds(a, entry, NULL, text), "%s", text);
    cr_expect_eq(audit_found(a), 1);
    if (audit_found(a) != 1)
        print_findings(a);
    audit_free(a);
}

Test(audit, a_true_export_holds_in_every_part)
{
    struct audit *a;

    tell(&truth);
    a = run();
    print_findings(a);
    cr_assert_eq(audit_found(a), 0);
    cr_expect_not(audit_compared(a));
    cr_expect_eq(audit_size(a), FIXTURE_ENTRIES);
    cr_expect_eq(audit_count(a, AUDIT_LOG), FIXTURE_ENTRIES);
    cr_expect_eq(audit_count(a, AUDIT_OPENINGS), FIXTURE_ENTRIES);
    cr_expect_eq(audit_count(a, AUDIT_LISTS), 7);
    cr_expect_eq(audit_count(a, AUDIT_COSIGNED), 1);
    cr_expect_eq(audit_count(a, AUDIT_HEADERS), 2);
    cr_expect_eq(audit_count(a, AUDIT_STATEMENTS), 7);
    cr_expect_eq(audit_count(a, AUDIT_LIMITS), 2);
    cr_expect_eq(audit_count(a, AUDIT_RECEIPTS), 1);
    cr_expect_eq(audit_count(a, AUDIT_PEERS), 1);
    audit_free(a);
}

/* All regular files below dir, relative to it. */
static char files[FILES_MAX][AUDIT_PATH_MAX];
static size_t n_files;

static int
collect(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    if (flag == FTW_F) {
        cr_assert_lt(n_files, FILES_MAX);
        (void)snprintf(files[n_files++], AUDIT_PATH_MAX, "%s",
            path + strlen(dir) + 1);
    }
    return 0;
}

static void
list_files(void)
{
    n_files = 0;
    cr_assert_eq(nftw(dir, collect, 16, FTW_PHYS), 0);
    cr_assert_gt(n_files, 25);
}

/* Which entry a byte of the one file of entries belongs to. */
static uint64_t
entry_of(size_t at)
{
    size_t end = 0;

    for (size_t i = 0; i < fx.log.n; i++) {
        end += 2 + fx.log.entry[i].n;
        if (at < end)
            return i;
    }
    return AUDIT_NONE;
}

static void
change_all(const char *name)
{
    bool bundle = strstr(name, "/entries/") != NULL;
    char path[PATH_LEN];
    struct audit *a;
    struct buf b;
    int fd;

    path_in(name, path);
    buf_init(&b, 1 << 20);
    cr_assert_eq(file_read(path, &b), OK);
    cr_assert_geq(fd = open(path, O_WRONLY), 0);
    for (size_t i = 0; i < b.n; i++) {
        uint8_t byte = b.p[i] ^ 1;

        cr_assert_eq(pwrite(fd, &byte, 1, (off_t)i), 1);
        a = run();
        cr_assert_gt(audit_found(a), 0, "%s: byte %zu", name, i);
        cr_assert(finds(a, bundle ? entry_of(i) : AUDIT_NONE, name, NULL),
            "%s: byte %zu is not named", name, i);
        audit_free(a);
        cr_assert_eq(pwrite(fd, &b.p[i], 1, (off_t)i), 1);
    }
    (void)close(fd);
    a = run();
    cr_assert_eq(audit_found(a), 0, "%s: was not put back", name);
    audit_free(a);
    buf_clear(&b);
}

/* In two tests, since there are many bytes. */
static void
change_files(bool lists)
{
    tell(&truth);
    list_files();
    for (size_t i = 0; i < n_files; i++) {
        if ((strncmp(files[i], "cards/", 6) == 0 ||
            strncmp(files[i], "lists/", 6) == 0) == lists)
            change_all(files[i]);
    }
}

Test(audit, every_changed_byte_of_a_card_or_list_is_found_and_named)
{
    change_files(true);
}

Test(audit, every_changed_byte_of_any_other_file_is_found_and_named)
{
    change_files(false);
}

/* Only what a peer has seen of us, and we of it, can be left out without a
 * trace; the report counts them. */
static bool
may_be_missing(const char *name)
{
    return strncmp(name, "cosigned/", 9) == 0 ||
        strncmp(name, "peers/", 6) == 0;
}

Test(audit, a_missing_file_and_one_that_is_cut_are_found)
{
    char path[PATH_LEN], away[PATH_LEN];
    struct audit *a;
    struct buf b;

    tell(&truth);
    list_files();
    (void)snprintf(away, sizeof(away), "%s/away", top);
    for (size_t i = 0; i < n_files; i++) {
        path_in(files[i], path);
        cr_assert_eq(rename(path, away), 0);
        a = run();
        cr_expect(audit_found(a) > 0 || may_be_missing(files[i]), "%s",
            files[i]);
        audit_free(a);
        cr_assert_eq(rename(away, path), 0);
        buf_init(&b, 1 << 20);
        cr_assert_eq(file_read(path, &b), OK);
        overwrite(files[i], slice_of(b.p, b.n - 1));
        a = run();
        cr_expect(finds(a, AUDIT_NONE, files[i], NULL), "%s", files[i]);
        audit_free(a);
        overwrite(files[i], slice_of_buf(&b));
        buf_clear(&b);
    }
}

Test(audit, a_file_that_belongs_to_nothing_and_a_link_are_found)
{
    static const char *const strange[] = { "more", "log/more",
        "log/tile/0/001.p/3", "log/tile/0/000", "log/tile/9/000.p/1",
        "log/tile/entries/000.p/11", "cards/QM-FIU-01.card", "cards/x",
        "lists/staff-QM-FIU-2", "lists/slots-QM-FIU-1", "headers/aa",
        "openings/012", "openings/12", "receipts/x.4", "cosigned/QX-FIU",
        "peers/QN-FIU", "bodies/x" };
    char path[PATH_LEN];
    struct audit *a;

    tell(&truth);
    for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
        path_in(strange[i], path);
        for (char *p = path + strlen(dir) + 1; (p = strchr(p, '/')); p++) {
            *p = '\0';
            (void)mkdir(path, 0700);
            *p = '/';
        }
        overwrite(strange[i], slice_str("x"));
        a = run();
        cr_expect(finds(a, AUDIT_NONE, strange[i], NULL) ||
            finds(a, AUDIT_NONE, strncmp(strange[i], "bodies", 6) == 0 ?
            "bodies" : "log/tile/9", NULL), "%s", strange[i]);
        audit_free(a);
        cr_assert_eq(unlink(path), 0);
    }
    remove_tree(dir);
    fixture_write(dir);
    path_in("log/vkey", path);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(symlink("checkpoint", path), 0);
    a = run();
    cr_expect(finds(a, AUDIT_NONE, "log/vkey", "link"));
    audit_free(a);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(mkfifo(path, 0600), 0);
    a = run();                      /* and does not wait for a writer */
    cr_expect(finds(a, AUDIT_NONE, "log/vkey", "regular"));
    audit_free(a);
}

/* Entries as somebody would have them who has no log key: the note stays. */
static void
rewrite_log(const struct slice *entries, size_t n)
{
    struct fixture_log log = { .n = 0 };
    struct audit_layout *l;
    char other[160], cmd_from[PATH_LEN], cmd_to[PATH_LEN];
    uint8_t leaf[HASH_LEN];

    for (size_t i = 0; i < n; i++) {
        entry_leaf(entries[i], leaf);
        tree_range_add(&log.range, leaf);
        log.n++;
    }
    (void)snprintf(other, sizeof(other), "%s/other", top);
    cr_assert_eq(audit_layout_new(other, &l), OK);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(audit_layout_entry(l, entries[i]), OK);
    fixture_put_vkey(l, &fx.qm, fixture_note(&fx.qm, &log));
    audit_layout_free(l);
    (void)snprintf(cmd_from, sizeof(cmd_from), "%s/log/tile", other);
    path_in("log/tile", cmd_to);
    remove_tree(cmd_to);
    cr_assert_eq(rename(cmd_from, cmd_to), 0);
}

Test(audit, an_entry_that_was_taken_out_is_found)
{
    struct slice left[FIXTURE_ENTRIES];
    struct audit *a;

    tell(&truth);
    for (size_t i = 0; i < FIXTURE_ENTRIES; i++)
        left[i] = fx.log.entry[i < 5 ? i : i + 1 < FIXTURE_ENTRIES ? i + 1 :
            i];
    rewrite_log(left, FIXTURE_ENTRIES - 1);
    a = run();
    cr_expect(finds(a, AUDIT_NONE, "log/checkpoint", "entries are not"));
    audit_free(a);
}

Test(audit, two_entries_that_were_swapped_are_found)
{
    struct slice swapped[FIXTURE_ENTRIES];
    struct audit *a;

    tell(&truth);
    memcpy(swapped, fx.log.entry, sizeof(swapped));
    swapped[5] = fx.log.entry[6];
    swapped[6] = fx.log.entry[5];
    rewrite_log(swapped, FIXTURE_ENTRIES);
    a = run();
    cr_expect(finds(a, 5, NULL, "another number"));
    cr_expect(finds(a, 6, NULL, "another number"));
    cr_expect(finds(a, AUDIT_NONE, "log/checkpoint", "entries are not"));
    audit_free(a);
}

/* The older checkpoint was truly signed; the peer remembers more. */
Test(audit, a_log_cut_back_to_an_older_checkpoint_is_found)
{
    char path[PATH_LEN], name[AUDIT_PATH_MAX];
    struct audit *a;

    tell(&truth);
    rewrite_log(fx.log.entry, 6);
    overwrite("log/checkpoint", fx.note_before);
    for (uint64_t i = 6; i < FIXTURE_ENTRIES; i++) {
        audit_layout_opening(i, name);
        path_in(name, path);
        cr_assert_eq(unlink(path), 0);
    }
    a = run();
    cr_expect(finds(a, AUDIT_NONE, "cosigned/QN-FIU", "longer log"));
    audit_layout_header(fx.in_digest, name);
    cr_expect(finds(a, AUDIT_NONE, name, "no entry"));
    audit_layout_receipt(fx.out_digest, EVENT_DELIVERED, name);
    cr_expect(finds(a, AUDIT_NONE, name, "confirmed"));
    audit_free(a);
}

Test(audit, a_second_history_is_found_by_an_older_checkpoint_alone)
{
    const struct story other = { .other_history = true };
    struct audit_opts o = { .since = NULL };
    char kept[PATH_LEN], first[PATH_LEN];
    struct fixture_side qm;
    struct audit *a;

    tell(&truth);
    (void)snprintf(kept, sizeof(kept), "%s/kept", top);
    (void)snprintf(first, sizeof(first), "%s/first", top);
    cr_assert_eq(file_write(kept, fx.note_before, 0600, false), OK);
    o.since = kept;
    a = run_with(&o);
    cr_expect_eq(audit_found(a), 0);
    cr_expect(audit_compared(a));
    audit_free(a);
    cr_assert_eq(rename(dir, first), 0);
    /* The same keys sign another story. */
    qm = fx.qm;
    memset(&fx.log, 0, sizeof(fx.log));
    fixture_story(&other);
    cr_assert_eq(fx.qm.log, qm.log);
    fixture_write(dir);
    a = run();
    cr_expect_eq(audit_found(a), 0);
    audit_free(a);
    a = run_with(&o);
    cr_expect(finds(a, AUDIT_NONE, "log/checkpoint", "history"));
    cr_expect_eq(audit_found(a), 1);
    audit_free(a);
    o.since = first;                /* an export, and a longer one */
    a = run_with(&o);
    cr_expect(finds(a, AUDIT_NONE, "log/checkpoint", "history"));
    audit_free(a);
}

Test(audit, a_receipt_for_another_message_is_found)
{
    char name[AUDIT_PATH_MAX];
    struct audit *a;

    tell(&truth);
    audit_layout_receipt(fx.out_digest, EVENT_DELIVERED, name);
    overwrite(name, fixture_receipt(&fx.qn, &fx.peer, 2, fx.peer_note));
    a = run();
    cr_expect(finds(a, AUDIT_NONE, name, "does not prove"));
    cr_expect_eq(audit_found(a), 1);
    audit_free(a);
}

Test(audit, a_confirmation_without_its_receipt_is_found)
{
    char name[AUDIT_PATH_MAX], path[PATH_LEN];
    struct audit *a;

    tell(&truth);
    audit_layout_receipt(fx.out_digest, EVENT_DELIVERED, name);
    path_in(name, path);
    cr_assert_eq(unlink(path), 0);
    a = run();
    cr_expect(finds(a, 8, NULL, "receipt"));
    cr_expect_eq(audit_found(a), 1);
    audit_free(a);
}

Test(audit, an_opening_by_an_officer_who_was_revoked_is_found)
{
    const struct story s = { .revoked = true };
    struct audit *a;

    tell(&s);
    a = run();
    cr_expect(finds(a, 7, NULL, "statement is of an officer who was not"));
    cr_expect(finds(a, 7, NULL, "names an officer who was not in office"));
    audit_free(a);
}

Test(audit, an_opening_for_a_purpose_that_was_not_allowed_is_found)
{
    const struct story s = { .purpose = PURPOSE_TAX_ASSESSMENT };

    expect_fault(&s, 7, "limits on use");
}

Test(audit, a_statement_over_another_log_is_found)
{
    const struct story s = { .other_state = true };

    expect_fault(&s, 7, "over another log");
}

Test(audit, a_statement_that_was_signed_ahead_is_found)
{
    const struct story s = { .ahead = true };

    expect_fault(&s, 7, "came later");
}

Test(audit, an_opening_that_nobody_signed_for_is_found)
{
    const struct story s = { .no_statement = true };

    expect_fault(&s, 7, "no officer has signed");
}

Test(audit, a_time_that_goes_back_is_found)
{
    const struct story s = { .time_back = true };

    expect_fault(&s, 9, "dated before");
}

Test(audit, an_entry_whose_shape_would_tell_a_peer_something_is_found)
{
    const struct story s = { .bare = true };

    expect_fault(&s, 6, "peer's eyes");
}

/* What an administrator can do who has the log's key and some officers'
 * help, or a keeper's. */

Test(audit, a_list_that_no_entry_is_about_is_found)
{
    const struct story s = { .hidden_list = true };
    struct audit *a;

    tell(&s);
    a = run();
    cr_expect(finds(a, AUDIT_NONE, "lists/epochs-QM-FIU-1", "no entry"));
    cr_expect_eq(audit_found(a), 1);
    audit_free(a);
}

Test(audit, a_list_that_is_left_out_is_found_by_its_entry)
{
    static const struct { const char *file; uint64_t entry; } lists[] = {
        { "lists/staff-QM-FIU-1", 2 }, { "lists/pin-QN-FIU-1", 3 },
        { "lists/epochs-QM-FIU-1", 12 }, { "cards/QN-FIU-1.card", 13 },
        { "lists/staff-QN-FIU-1", 14 }, { "lists/epochs-QN-FIU-1", 15 } };
    char path[PATH_LEN];
    struct audit *a;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        tell(&truth);
        path_in(lists[i].file, path);
        cr_assert_eq(unlink(path), 0);
        a = run();
        cr_expect(finds(a, lists[i].entry, NULL, "is missing"), "%s",
            lists[i].file);
        audit_free(a);
        remove_tree(dir);
        fixture_clear();
    }
}

Test(audit, a_list_by_a_keeper_who_had_left_the_card_is_found)
{
    const struct story s = { .keeper_left = true };
    struct audit *a;

    tell(&s);
    a = run();
    cr_expect(finds(a, 12, "lists/epochs-QM-FIU-1", "no keeper"));
    cr_expect_eq(audit_found(a), 1);
    audit_free(a);
}

Test(audit, a_list_that_lapsed_is_not_in_force_by_a_later_approval)
{
    const struct story s = { .list_lapsed = true };
    struct audit *a;

    tell(&s);
    a = run();
    cr_expect(finds(a, AUDIT_NONE, "lists/staff-QM-FIU-1", "no entry"));
    audit_free(a);
}

Test(audit, a_statement_that_was_used_twice_is_found)
{
    const struct story s = { .used_twice = true };

    expect_fault(&s, 10, "used for an entry before");
}

Test(audit, a_statement_that_was_kept_back_and_used_later_is_found)
{
    const struct story s = { .kept_back = true };

    expect_fault(&s, 7, "long before");
}

Test(audit, an_act_whose_arguments_stand_in_its_statement_holds)
{
    const struct story s = { .slots = slice_str("few slots"),
        .stated = slice_str("few slots") };
    struct audit *a;

    tell(&s);
    a = run();
    print_findings(a);
    cr_expect_eq(audit_found(a), 0);
    audit_free(a);
}

Test(audit, an_act_with_other_arguments_than_its_statement_is_found)
{
    const struct story s = { .slots = slice_str("few slots"),
        .stated = slice_str("other slots") };

    expect_fault(&s, 9, "about something else");
}

Test(audit, an_act_of_a_keeper_that_he_did_not_sign_for_is_found)
{
    const struct story s = { .nobody_signed = true };

    expect_fault(&s, 2, "no officer has signed");
}

Test(audit, a_disclosure_that_one_person_signed_is_found)
{
    const struct story s = { .alone = true };
    char name[AUDIT_PATH_MAX];
    struct audit *a;

    tell(&s);
    a = run();
    audit_layout_header(fx.out_digest, name);
    cr_expect(finds(a, AUDIT_NONE, name, "two persons must sign"));
    cr_expect_eq(audit_found(a), 1);
    audit_free(a);
}

Test(audit, a_message_of_somebody_whose_role_writes_none_is_found)
{
    const struct story s = { .auditor_writes = true };
    char name[AUDIT_PATH_MAX];
    struct audit *a;

    tell(&s);
    a = run();
    audit_layout_header(fx.out_digest, name);
    cr_expect(finds(a, AUDIT_NONE, name, "writes no messages"));
    cr_expect_eq(audit_found(a), 1);
    audit_free(a);
}

Test(audit, a_message_that_was_entered_twice_is_found)
{
    const struct story s = { .delivered_twice = true };

    expect_fault(&s, 9, "entered before");
}

Test(audit, an_opening_of_what_never_arrived_is_found)
{
    const struct story s = { .never_delivered = true };

    expect_fault(&s, 7, "no entry says before");
}

Test(audit, a_message_that_its_senders_log_does_not_have_is_found_by_both)
{
    const struct story s = { .unlogged = true };
    const struct audit_opts none = { .root = NULL };
    const char *what = NULL;
    struct audit *a, *b;

    tell(&s);
    fixture_write_peer(with);
    a = run();
    cr_assert_eq(audit_new(with, &b), OK);
    cr_assert_eq(audit_run(b, &none, &what), OK);
    cr_expect_eq(audit_found(a), 0);
    print_findings(b);
    cr_expect_eq(audit_found(b), 0);
    cr_assert_eq(audit_agree(a, b), OK);
    cr_expect(finds(a, 2, NULL, "does not have this message"));
    cr_expect_eq(audit_found(a), 1);
    audit_free(a);
    audit_free(b);
}

static void
remove_openings(uint64_t from, uint64_t to)
{
    char name[AUDIT_PATH_MAX], path[PATH_LEN];

    for (uint64_t i = from; i < to; i++) {
        audit_layout_opening(i, name);
        path_in(name, path);
        cr_assert_eq(unlink(path), 0);
    }
}

Test(audit, openings_may_be_missing_only_where_the_log_says_so)
{
    const struct story s = { .erased = true };
    struct audit *a;

    tell(&s);
    remove_openings(0, 6);
    a = run();
    cr_expect_eq(audit_found(a), 0);
    cr_expect_eq(audit_erased(a), 6);
    audit_free(a);
    remove_openings(6, 7);
    a = run();
    cr_expect(finds(a, 6, NULL, "nothing says"));
    cr_expect_eq(audit_found(a), 1);
    audit_free(a);
}

Test(audit, the_root_is_compared_by_its_digits_or_by_a_card)
{
    char digits[DIGITS_SIDE + 1], card[PATH_LEN], theirs[PATH_LEN];
    struct audit_opts o = { .root = digits };
    const char *what = NULL;
    struct audit *a;

    tell(&truth);
    digits_of_root((struct digits_side){ sign_key_public(fx.qm.root),
        slice_str("QM-FIU") }, digits);
    a = run_with(&o);
    cr_expect(audit_compared(a));
    cr_expect_eq(audit_found(a), 0);
    audit_free(a);
    digits[7] = digits[7] == '0' ? '1' : '0';
    a = run_with(&o);
    cr_expect(finds(a, AUDIT_NONE, "cards/QM-FIU-1.card", "digits"));
    audit_free(a);
    digits[7] = '\0';
    cr_assert_eq(audit_new(dir, &a), OK);
    cr_expect_eq(audit_run(a, &o, &what), ERR_USAGE);
    cr_expect_str_eq(what, "--root");
    audit_free(a);
    o.root = NULL;
    path_in("cards/QM-FIU-1.card", card);
    path_in("cards/QN-FIU-1.card", theirs);
    o.card = card;
    a = run_with(&o);
    cr_expect(audit_compared(a));
    cr_expect_eq(audit_found(a), 0);
    audit_free(a);
    o.card = theirs;
    cr_assert_eq(audit_new(dir, &a), OK);
    cr_expect_eq(audit_run(a, &o, &what), ERR_TRUST);
    audit_free(a);
}

Test(audit, two_exports_agree_until_one_of_them_has_another_history)
{
    const char *what = NULL;
    const struct audit_opts none = { .root = NULL };
    struct audit *a, *b;
    struct fixture_log log = { .n = 0 };

    tell(&truth);
    fixture_write_peer(with);
    a = run();
    cr_assert_eq(audit_new(with, &b), OK);
    cr_assert_eq(audit_run(b, &none, &what), OK);
    cr_assert_eq(audit_agree(a, b), OK);
    print_findings(a);
    print_findings(b);
    cr_expect_eq(audit_found(a), 0);
    cr_expect_eq(audit_found(b), 0);
    cr_expect_geq(audit_count(a, AUDIT_WITH), 5);
    audit_free(a);
    audit_free(b);
    /* The peer tells its own auditor another story than it told us. */
    log = fx.peer;
    memset(&fx.peer, 0, sizeof(fx.peer));
    fixture_peer_story(&truth);
    remove_tree(with);
    fixture_write_peer(with);
    cr_expect_neq(memcmp(&log.range, &fx.peer.range, sizeof(log.range)), 0);
    a = run();
    cr_assert_eq(audit_new(with, &b), OK);
    cr_assert_eq(audit_run(b, &none, &what), OK);
    cr_expect_eq(audit_found(b), 0);
    cr_assert_eq(audit_agree(a, b), OK);
    cr_expect(finds(a, 1, NULL, "does not have the entry"));
    cr_expect(finds(a, AUDIT_NONE, "peers/QN-FIU%2Flog%2F1",
        "another log"));
    audit_free(a);
    audit_free(b);
}

Test(audit, an_export_is_never_written_over_another)
{
    struct audit_layout *l = NULL;
    char tmp[PATH_LEN];

    tell(&truth);
    cr_expect_eq(audit_layout_new(dir, &l), ERR_EXISTS);
    cr_assert_eq(audit_layout_new(with, &l), OK);
    cr_assert_eq(audit_layout_entry(l, fx.log.entry[0]), OK);
    cr_expect_eq(audit_layout_finish(l, fx.note, slice_str("x")),
        ERR_PROOF);
    audit_layout_free(l);
    (void)snprintf(tmp, sizeof(tmp), "%s.tmp", with);
    cr_expect_eq(access(with, F_OK), -1);
    cr_expect_eq(access(tmp, F_OK), 0);
    cr_expect_eq(audit_layout_new(with, &l), ERR_EXISTS);
}
