/* Rows by their ids on two connections: the same answer as on one, in order, from one state. Everything is
 * invented. */
#include "store_fixture.h"

#include "store/by_id.h"

#define ROWS 20000
#define MOST (ROWS * 2)

static const struct lm_filter filter = { { "I1", 2 }, { "test", 4 } };

struct row {
    int64_t id;
    struct lm_str title;
};

struct asking {
    int64_t fail_from, stop_at; /* every row from here on cannot be read; giving ends here; 0: never */
    int64_t given[MOST];
    size_t n;
    bool wrong;
};

static void bind_nothing(const void *user, sqlite3_stmt *q)
{
    (void)user;
    (void)q;
}

static lm_err read_row(const void *user, sqlite3_stmt *q, struct lm_arena *a, void *ret_row,
                       struct lm_error *e)
{
    const struct asking *x = user;
    struct row *r = ret_row;
    *r = (struct row){ sqlite3_column_int64(q, 0), lm_arena_copy(a, lm_db_str(q, 1)) };
    return x->fail_from != 0 && r->id >= x->fail_from ? lm_fail(e, LM_EDAMAGED, "row %lld", (long long)r->id)
                                                      : LM_OK;
}

static lm_err give_row(void *user, const void *row, struct lm_error *e)
{
    struct asking *x = user;
    const struct row *r = row;
    char title[32];
    (void)snprintf(title, sizeof title, "title %lld", (long long)r->id);
    x->wrong = x->wrong || (r->id > 1 && !lm_str_eq(r->title, lm_str(title))) || x->n == MOST;
    if (x->stop_at != 0 && r->id >= x->stop_at)
        return lm_fail(e, LM_ECANCELLED, "enough");
    x->given[x->n++] = r->id;
    return LM_OK;
}

static lm_err ask(struct lm_look *look, const int64_t *ids, size_t n, struct asking *x, struct lm_error *e)
{
    struct lm_by_id what = {
        .sql = "SELECT i.id, i.title FROM json_each(?1) j CROSS JOIN investigation i ON i.id = j.value",
        .row_bytes = sizeof(struct row),
        .bind = bind_nothing,
        .read = read_row,
        .give = give_row,
        .user = x
    };
    return lm_by_id(look, &what, ids, n, e);
}

static void begin(struct fx *x, struct lm_look *look, bool beside)
{
    struct lm_look_at at = { .action = "test", .beside = beside };
    OK(lm_look_begin(x->st, &filter, &at, look, e));
    assert_int_equal(look->beside != NULL, beside);
}

static void end(struct lm_look *look)
{
    OK(lm_look_end(look, "done", LM_OK, e));
    lm_look_free(look);
}

static void setup(struct fx *x)
{
    fx_usual(x);
    assert_true(fx_tamper(x, "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                             " INSERT INTO investigation(id, code, title, added_us, added_by)"
                             " SELECT i, 'C' || i, 'title ' || i, 0, 'ana' FROM n"));
}

/* Every step-th id up to twice as many as there are rows: those that do not exist give nothing. */
static size_t choose(int64_t *ids, int64_t step)
{
    size_t n = 0;
    for (int64_t id = step; id <= MOST; id += step)
        ids[n++] = id;
    return n;
}

static void test_order(void **state)
{
    (void)state;
    struct fx x;
    struct lm_look look;
    static struct asking one, two;
    static int64_t ids[MOST];
    static const int64_t steps[] = { 1, 3, 7, 5000 };
    setup(&x);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        size_t n = choose(ids, steps[i]);
        one = two = (struct asking){ 0 };
        begin(&x, &look, false);
        OK(ask(&look, ids, n, &one, e));
        end(&look);
        begin(&x, &look, true);
        OK(ask(&look, ids, n, &two, e));
        OK(ask(&look, ids, 0, &two, e));
        end(&look);
        assert_int_equal(two.n, ROWS / steps[i]);
        assert_int_equal(one.n, two.n);
        assert_memory_equal(one.given, two.given, two.n * sizeof two.given[0]);
        assert_memory_equal(ids, two.given, two.n * sizeof two.given[0]);
        assert_false(one.wrong || two.wrong);
    }
    fx_remove(&x);
}

/* The first row that fails is the one that is told of, and all before it were given. */
static void test_failures(void **state)
{
    (void)state;
    struct fx x;
    struct lm_look look;
    struct lm_error why = { 0 };
    static struct asking a;
    static int64_t ids[MOST];
    size_t n = choose(ids, 1);
    setup(&x);
    for (int beside = 0; beside < 2; beside++) {
        begin(&x, &look, beside != 0);
        a = (struct asking){ .fail_from = 6001 };
        assert_int_equal(ask(&look, ids, n, &a, &why), LM_EDAMAGED);
        assert_string_equal(why.message, "row 6001");
        assert_int_equal(a.n, 6000);
        a = (struct asking){ .stop_at = 9001 };
        assert_int_equal(ask(&look, ids, n, &a, &why), LM_ECANCELLED);
        assert_string_equal(why.message, "enough");
        assert_int_equal(a.n, 9000);
        a = (struct asking){ 0 }; /* and the next is not disturbed */
        OK(ask(&look, ids, n, &a, e));
        assert_int_equal(a.n, ROWS);
        end(&look);
    }
    fx_remove(&x);
}

static void test_cancelled(void **state)
{
    (void)state;
    struct fx x;
    struct lm_look look;
    atomic_bool cancel = false;
    static struct asking a;
    static int64_t ids[MOST];
    size_t n = choose(ids, 1);
    setup(&x);
    lm_store_set_cancel(x.st, &cancel);
    begin(&x, &look, true);
    atomic_store(&cancel, true);
    FAILS(LM_ECANCELLED, ask(&look, ids, n, &a, e));
    assert_int_equal(a.n, 0);
    end(&look);
    fx_remove(&x);
}

static int64_t count_on(struct lm_store *st)
{
    int64_t n = 0;
    OK(lm_db_i64(st, "SELECT count(*) FROM investigation", -1, &n, e));
    return n;
}

/* What others commit meanwhile is seen by neither; the second connection cannot write; nobody waits for it.
 */
static void test_one_state(void **state)
{
    (void)state;
    struct fx x;
    struct lm_look look;
    setup(&x);
    begin(&x, &look, true);
    assert_true(fx_tamper(&x, "DELETE FROM investigation WHERE id > 19000"));
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM investigation"), 19000);
    assert_int_equal(count_on(look.st), ROWS);
    assert_int_equal(count_on(look.beside), ROWS);
    FAILS(LM_EIO, lm_db_exec(look.beside, "DELETE FROM investigation WHERE id > 1", e));
    end(&look);
    begin(&x, &look, true);
    assert_int_equal(count_on(look.st), 19000);
    assert_int_equal(count_on(look.beside), 19000);
    end(&look);
    fx_remove(&x);
}

/* While an import is open on the connection, only that connection sees what it sees. */
static void test_inside_an_import(void **state)
{
    (void)state;
    struct fx x;
    struct lm_look look;
    fx_usual(&x);
    fx_begin(&x, "A1", "bytes", "");
    struct lm_look_at at = { .action = "test", .beside = true };
    OK(lm_look_begin(x.st, &filter, &at, &look, e));
    assert_null(look.own ? NULL : look.beside);
    end(&look);
    (void)fx_end(&x);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_one_state),
        cmocka_unit_test(test_inside_an_import),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
