/* The planted set through the store: events go in as an import writes them, in any order of files, are joined, counted,
 * split, and joined again. */
#include "store_fixture.h"

#include "base/rng.h"
#include "resolve/join.h"

#define SECOND INT64_C(1000000)
#define CALLS 10000

struct planted {
    int64_t at_us[CALLS];
    uint32_t from[CALLS], to[CALLS];
    int32_t duration[CALLS];
};

/* CALLS calls between 300 numbers; of these 1,000 pairs of distinct calls between the same two, 20 … 110 s apart. */
static struct planted *plant(uint64_t seed)
{
    struct planted *p = calloc(1, sizeof *p);
    struct lm_rng r = { seed };
    int64_t at = INT64_C(1680000000) * SECOND;
    assert_non_null(p);
    for (uint32_t n = 0, pairs = 0; n < CALLS;) {
        uint32_t from = (uint32_t)lm_rng_below(&r, 300), to = (uint32_t)lm_rng_below(&r, 299);
        to += to >= from;
        at += (int64_t)(20 + lm_rng_below(&r, 400)) * SECOND;
        int64_t when = at;
        unsigned times = pairs < 1000 && lm_rng_below(&r, 8) == 0 ? 2 : 1;
        pairs += times == 2;
        for (unsigned k = 0; k < times && n < CALLS; k++, n++) {
            p->at_us[n] = when;
            p->from[n] = from;
            p->to[n] = to;
            p->duration[n] = 3 + (int32_t)lm_rng_below(&r, 15 + 100 * (times == 1));
            when += (p->duration[n] + 5 + (int64_t)lm_rng_below(&r, 80)) * SECOND;
        }
    }
    return p;
}

static const char *const source_bytes[3] = { "the carrier of one", "the carrier of the other", "the telephone" };

/* What source s (0: a carrier; 1: another, 37 s fast; 2: a telephone, 81 s slow, cut to the minute) says of calls [first, last). */
static void import_source(struct fx *x, const char *authority, const struct planted *p, int s, uint32_t first, uint32_t last)
{
    fx_begin(x, authority, source_bytes[s], "");
    for (uint32_t i = first; i < last; i++) {
        char a[24], b[24];
        int64_t at = p->at_us[i] + (s == 1 ? (37 + (int64_t)(i % 2)) * SECOND : s == 2 ? -81 * SECOND : 0);
        if (s == 2)
            at -= at % (60 * SECOND);
        (void)snprintf(a, sizeof a, "+1303555%04u", 1000 + p->from[i]);
        (void)snprintf(b, sizeof b, "+1303555%04u", 1000 + p->to[i]);
        struct lm_account_ref to = fx_native(LM_PLATFORM_PHONE, b, "");
        struct lm_locator at_row[2] = { { .kind = LM_LOCATOR_ROW, .a = 2 * i + 2 }, { .kind = LM_LOCATOR_ROW, .a = 2 * i + 3 } };
        struct lm_fact f = { .kind = LM_FACT_EVENT,
                             .event = { .kind = LM_EVENT_CALL, .platform = LM_PLATFORM_PHONE, .at = { at, 0, LM_TIME_UTC },
                                        .from = fx_native(LM_PLATFORM_PHONE, a, ""), .to = &to, .n_to = 1,
                                        .duration_s = p->duration[i] } };
        struct lm_entry entry = { .records = at_row, .n_records = s == 1 ? 2 : 1, .facts = &f, .n_facts = 1 };
        enum lm_outcome outcome;
        OK(lm_import_entry(x->im, x->source, &entry, &outcome, e));
    }
    (void)fx_end(x);
}

static struct lm_joined join(struct fx *x, bool anew)
{
    struct lm_joined j = { 0 };
    uint64_t wrong = 1;
    OK(lm_join(x->st, LM_STR("I1"), anew, NULL, &j, e));
    OK(lm_join_check(x->st, LM_STR("I1"), &wrong, e)); /* what was joined bit by bit is what joining anew gives */
    assert_int_equal(wrong, 0);
    return j;
}

static int64_t sql(struct fx *x, const char *text)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_open_v2(x->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t v = sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(db);
    return v;
}

/* Row numbers name the calls: 2i + 2 is call i in every source. */
#define WRONG_JOINS "SELECT count(*) FROM (SELECT count(DISTINCT r.a) AS n FROM occurrence_event m JOIN event e ON e.id = m.event" \
                    " JOIN record r ON r.id = e.record GROUP BY m.occurrence HAVING n > 1)"
#define OCCURRENCES "SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM occurrence_event o WHERE o.event = e.id" \
                    " AND o.occurrence <> e.id)"
/* A number for the partition that the order of imports does not enter. */
#define PARTITION "SELECT sum(k * (k % 1000003)) FROM (SELECT sum(r.a * 7 + unicode(substr(hex(s.sha256), 1, 1)) * 100000) AS k" \
                  " FROM occurrence_event m JOIN event e ON e.id = m.event JOIN record r ON r.id = e.record JOIN source s" \
                  " ON s.id = r.source GROUP BY m.occurrence)"

static lm_err add_edge(void *user, const struct lm_edge_row *r)
{
    uint64_t *n = user;
    n[0] += r->occurrences;
    n[1] += r->events;
    n[2] += r->records;
    return LM_OK;
}

static void the_planted_calls_are_counted_once(void **state)
{
    (void)state;
    static const int orders[3][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };
    int64_t partition = 0;
    struct planted *p = plant(7);
    for (int o = 0; o < 3; o++) {
        struct fx x;
        struct lm_verify v;
        uint64_t n[3] = { 0, 0, 0 }, left = 0;
        struct lm_filter f = { LM_STR("I1"), LM_STR("test") };
        struct lm_occurrence_totals t;
        fx_usual(&x);
        for (int k = 0; k < 3; k++) {
            import_source(&x, "A1", p, orders[o][k], 0, CALLS);
            (void)join(&x, false);
        }
        int64_t found = sql(&x, OCCURRENCES), wrong = sql(&x, WRONG_JOINS), mine = sql(&x, PARTITION);
        print_message("# order %d%d%d: %lld occurrences of %d calls in %lld events, %lld wrong joins\n", orders[o][0], orders[o][1],
                      orders[o][2], (long long)found, CALLS, (long long)sql(&x, "SELECT count(*) FROM event"), (long long)wrong);
        assert_true(llabs(found - CALLS) * 1000 <= CALLS);
        assert_int_equal(wrong, 0);
        partition = o == 0 ? mine : partition;
        assert_true(mine == partition);
        OK(lm_store_edges(x.st, &f, add_edge, n, &left, e));
        assert_int_equal(n[0], found);
        assert_int_equal(n[1], 3 * CALLS);
        assert_int_equal(n[2], 4 * CALLS);
        OK(lm_store_occurrence_totals(x.st, LM_STR("I1"), &t, e));
        assert_int_equal(t.occurrences, found);
        assert_int_equal(t.records, 4 * CALLS);
        assert_true(t.current);
        OK(lm_store_verify(x.st, LM_STR(""), &v, NULL, NULL, e));
        assert_true(lm_check_sound(&v));
        /* joining anew changes nothing */
        assert_true(join(&x, true).all);
        assert_true(sql(&x, PARTITION) == partition);
        fx_remove(&x);
    }
    free(p);
}

static lm_err count_members(void *user, const struct lm_occurrence_row *row, const struct lm_occurrence_member *m)
{
    uint64_t *n = user;
    (void)m;
    assert_int_equal(row->events, n[1]);
    n[0]++;
    return LM_OK;
}

static uint64_t members(struct fx *x, int64_t event, uint64_t expected)
{
    struct lm_filter f = { LM_STR("I1"), LM_STR("test") };
    uint64_t n[2] = { 0, expected };
    OK(lm_store_occurrence(x->st, &f, event, count_members, n, e));
    return n[0];
}

/* The event of call i in source s. */
static int64_t event_of(struct fx *x, int s, uint32_t call)
{
    char text[400];
    struct lm_sha256 h;
    char hex[65];
    assert_int_equal(lm_sha256_of(lm_str(source_bytes[s]), &h), LM_OK);
    (void)snprintf(text, sizeof text, "SELECT e.id FROM event e JOIN record r ON r.id = e.record JOIN source s ON s.id = r.source"
                                      " JOIN authority a ON a.id = s.authority WHERE a.revoked_us IS NULL AND r.a = %u"
                                      " AND lower(hex(s.sha256)) = '%s'", 2 * call + 2, lm_sha256_hex(&h, hex));
    return sql(x, text);
}

static void a_split_is_remembered_whatever_comes_next(void **state)
{
    (void)state;
    struct planted *p = plant(11);
    struct lm_filter f = { LM_STR("I1"), LM_STR("test") };
    static const int orders[2][3] = { { 0, 1, 2 }, { 2, 0, 1 } };
    for (int o = 0; o < 2; o++) {
        struct fx x;
        struct lm_verify v;
        int64_t judgement = 0;
        fx_usual(&x);
        fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
        for (int s = 0; s < 3; s++)
            import_source(&x, "A1", p, s, 0, 400);
        (void)join(&x, false);
        int64_t phone = event_of(&x, 2, 5);
        assert_int_equal(members(&x, phone, 3), 3);
        FAILS(LM_EUSAGE, lm_store_split(x.st, &f, phone, LM_STR("  "), &judgement, e));
        FAILS(LM_ENOTFOUND, lm_store_split(x.st, &f, 999999, LM_STR("because"), &judgement, e));
        OK(lm_store_split(x.st, &f, phone, LM_STR("he called twice"), &judgement, e));
        struct lm_joined j = join(&x, false);
        assert_true(j.ran && !j.all && j.read < 60);
        assert_int_equal(members(&x, phone, 1), 1);
        assert_int_equal(members(&x, event_of(&x, 0, 5), 2), 2);
        FAILS(LM_EUSAGE, lm_store_split(x.st, &f, phone, LM_STR("again"), &judgement, e)); /* it stands alone */
        /* more comes in: it stays */
        import_source(&x, "A1", p, 0, 0, 400);
        (void)join(&x, false);
        assert_int_equal(members(&x, phone, 1), 1);
        /* the same bytes again under another authority, in another order: other rows of the store, the same records */
        OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("quashed"), e));
        (void)join(&x, false);
        for (int k = 0; k < 3; k++) {
            import_source(&x, "A2", p, orders[o][k], 0, 400);
            (void)join(&x, false);
        }
        phone = event_of(&x, 2, 5);
        assert_int_equal(members(&x, phone, 1), 1);
        assert_int_equal(members(&x, event_of(&x, 0, 5), 2), 2);
        /* and is taken back */
        FAILS(LM_ENOTFOUND, lm_store_unsplit(x.st, &f, 77, LM_STR("why not"), e));
        OK(lm_store_unsplit(x.st, &f, judgement, LM_STR("he did not"), e));
        (void)join(&x, false);
        assert_int_equal(members(&x, phone, 3), 3);
        FAILS(LM_EUSAGE, lm_store_unsplit(x.st, &f, judgement, LM_STR("twice"), e));
        OK(lm_store_verify(x.st, LM_STR(""), &v, NULL, NULL, e));
        assert_true(lm_check_sound(&v));
        fx_remove(&x);
    }
    free(p);
}

static void a_small_import_costs_little(void **state)
{
    (void)state;
    struct planted *p = plant(3);
    struct fx x;
    fx_usual(&x);
    import_source(&x, "A1", p, 0, 0, CALLS);
    (void)join(&x, false);
    import_source(&x, "A1", p, 1, 0, CALLS);
    (void)join(&x, false);
    import_source(&x, "A1", p, 2, 9900, CALLS); /* a telephone with 100 calls */
    struct lm_joined j = join(&x, false);
    print_message("# 100 new calls: %llu of %llu reports read, %llu occurrences written\n", (unsigned long long)j.read,
                  (unsigned long long)j.reports, (unsigned long long)j.written);
    assert_true(j.ran && !j.all);
    assert_true(j.read < 1000);
    /* nothing new: nothing is read */
    OK(lm_join(x.st, LM_STR("I1"), false, NULL, &j, e));
    assert_false(j.ran);
    fx_remove(&x);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_planted_calls_are_counted_once),
        cmocka_unit_test(a_split_is_remembered_whatever_comes_next),
        cmocka_unit_test(a_small_import_costs_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
