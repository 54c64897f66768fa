/* What the end of an authority hides, and what another authority keeps in sight. */
#include "store_fixture.h"

#include <string.h>

#include "base/buf.h"
#include "store/db.h"
#include "store/review.h"

static void start(struct fx *x, const char *authority, const char *bytes)
{
    fx_begin(x, authority, bytes, "");
}

struct ledger {
    size_t n, revoked, masked;
    uint64_t kept;
};

static lm_err take_source(void *user, const struct lm_ledger_row *row)
{
    struct ledger *l = user;
    l->n++;
    l->revoked += row->revoked;
    l->masked += lm_str_eq(row->path, LM_STR("(revoked)"));
    l->kept += row->counts.kept;
    assert_true(row->revoked || lm_str_eq(row->path, LM_STR("chat.txt")));
    return LM_OK;
}

static lm_err take_problem(void *user, const struct lm_problem_row *row)
{
    struct ledger *l = user;
    l->n++;
    l->masked += lm_str_eq(row->path, LM_STR("(revoked)")) && lm_str_eq(row->reason, LM_STR("(revoked)"));
    return LM_OK;
}

static void the_ledger_marks_what_is_revoked(void **state)
{
    (void)state;
    struct fx x;
    struct lm_filter f = { LM_STR("I1"), LM_STR("test") };
    struct lm_problem p = { .kind = LM_PROBLEM_DOUBTED, .reason = LM_STR("inside/WhatsApp Chat with Beto.txt: odd") };
    fx_usual(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    for (int i = 0; i < 2; i++) {
        start(&x, i == 0 ? "A1" : "A2", i == 0 ? "one" : "two");
        struct lm_account_ref a = fx_native(LM_PLATFORM_WHATSAPP, "13035550101", "Ana"),
                              b = fx_native(LM_PLATFORM_WHATSAPP, "13035550102", "Beto");
        struct lm_fact m = fx_message(a, &b, 1, i, "hola");
        (void)fx_put(&x, 0, &m);
        OK(lm_import_problem(x.im, x.source, &p, e));
        (void)fx_end(&x);
    }
    struct ledger l = { 0 };
    OK(lm_store_ledger(x.st, &f, take_source, &l, e));
    assert_int_equal(l.n, 2);
    assert_int_equal(l.revoked + l.masked, 0);
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    l = (struct ledger){ 0 };
    OK(lm_store_ledger(x.st, &f, take_source, &l, e));
    assert_int_equal(l.n, 2);
    assert_int_equal(l.revoked, 1);
    assert_int_equal(l.masked, 1);
    assert_int_equal(l.kept, 2); /* the counts stay: the ledger closes */
    l = (struct ledger){ 0 };
    OK(lm_store_problems(x.st, &f, take_problem, &l, e));
    assert_int_equal(l.n, 2);
    assert_int_equal(l.masked, 1);
    fx_remove(&x);
}

/* --- what another authority covers as well --- */

/* Everything that looks return, as text; who vouches for it apart. */
struct answer {
    struct lm_buf text;
    size_t hits, edges, threads, op_rows;
    char authority[16], source[16], locator[64];
};

static lm_err take_hit(void *user, const struct lm_hit *h)
{
    struct answer *a = user;
    a->hits++;
    lm_buf_printf(&a->text, "%d %lld %u %.*s > %.*s: %.*s (%.*s) %.*s %lld\n", (int)h->kind, (long long)h->at.us, h->flags,
                  LM_STR_ARG(h->from), LM_STR_ARG(h->to), LM_STR_ARG(h->text), LM_STR_ARG(h->detail), LM_STR_ARG(h->locator),
                  (long long)h->duration_s);
    (void)snprintf(a->authority, sizeof a->authority, "%.*s", LM_STR_ARG(h->authority));
    (void)snprintf(a->source, sizeof a->source, "%.*s", LM_STR_ARG(h->source));
    (void)snprintf(a->locator, sizeof a->locator, "%.*s", LM_STR_ARG(h->locator));
    return LM_OK;
}

static lm_err take_edge(void *user, const struct lm_edge_row *r)
{
    struct answer *a = user;
    a->edges++;
    lm_buf_printf(&a->text, "%.*s > %.*s %d %d %llu %.9f %lld %lld\n", LM_STR_ARG(r->from_name), LM_STR_ARG(r->to_name),
                  (int)r->kind, (int)r->month, (unsigned long long)r->occurrences, r->weight, (long long)r->first.us,
                  (long long)r->last.us);
    (void)snprintf(a->authority, sizeof a->authority, "%.*s", LM_STR_ARG(r->authority));
    return LM_OK;
}

static lm_err take_op_row(void *user, const struct lm_op_row *r, struct lm_str reference)
{
    struct answer *a = user;
    a->op_rows++;
    lm_buf_printf(&a->text, "%d %.*s %.*s %lld %.*s %d %u %.*s: %.*s\n", (int)r->table, LM_STR_ARG(r->id), LM_STR_ARG(r->drug),
                  (long long)r->amount.value, LM_STR_ARG(r->amount.original), (int)r->encrypted, r->platforms,
                  LM_STR_ARG(r->note), LM_STR_ARG(reference));
    return LM_OK;
}

struct list {
    int64_t ids[16];
    size_t n;
    struct answer *a;
};

static lm_err take_thread(void *user, const struct lm_thread_row *t)
{
    struct list *l = user;
    l->ids[l->n++] = t->id;
    lm_buf_printf(&l->a->text, "thread %.*s \"%.*s\" %d: %llu %lld %lld\n", LM_STR_ARG(t->native), LM_STR_ARG(t->title),
                  (int)t->kind, (unsigned long long)t->events, (long long)t->first.us, (long long)t->last.us);
    return LM_OK;
}

static void find(struct fx *x, struct answer *a, const char *query)
{
    struct lm_filter f = { LM_STR("I1"), LM_STR("test") };
    struct lm_search q = { .query = lm_str(query) };
    uint64_t total;
    lm_buf_printf(&a->text, "? %s\n", query);
    OK(lm_store_search(x->st, &f, &q, take_hit, a, &total, e));
}

static void ask(struct fx *x, struct answer *a)
{
    struct lm_filter f = { LM_STR("I1"), LM_STR("test") };
    struct list l = { .a = a };
    uint64_t total, left;
    *a = (struct answer){ .hits = 0 };
    lm_buf_init(&a->text, 1 << 20);
    OK(lm_store_threads(x->st, &f, take_thread, &l, e));
    a->threads = l.n;
    for (size_t i = 0; i < l.n; i++)
        OK(lm_store_thread(x->st, &f, l.ids[i], 0, 0, take_hit, a, &total, e));
    find(x, a, "hielo");
    find(x, a, "+13035550101");
    OK(lm_store_edges(x->st, &f, take_edge, a, &left, e));
    lm_buf_printf(&a->text, "left out %llu\n", (unsigned long long)left);
    OK(lm_store_op_rows(x->st, &f, take_op_row, a, e));
    lm_buf_putc(&a->text, '\0');
    assert_false(a->text.failed);
}

static void same(const struct answer *a, const struct answer *b)
{
    if (strcmp(a->text.p, b->text.p) != 0)
        print_message("# %s\n# --- against ---\n# %s\n", a->text.p, b->text.p);
    assert_string_equal(a->text.p, b->text.p);
}

static lm_err tell(void *user, const char *what, const char *detail)
{
    size_t *n = user;
    print_message("# %s: %s\n", what, detail);
    ++*n;
    return LM_OK;
}

static void sound(struct fx *x)
{
    struct lm_verify v;
    size_t n = 0;
    OK(lm_store_verify(x->st, LM_STR(""), &v, tell, &n, e));
    assert_int_equal(n, 0);
}

static void put(struct fx *x, const struct lm_locator *l, size_t n, const struct lm_fact *facts, size_t n_facts)
{
    enum lm_outcome o;
    struct lm_entry entry = { l, n, facts, n_facts };
    OK(lm_import_entry(x->im, x->source, &entry, &o, e));
}

/* One of everything. */
static void put_all(struct fx *x)
{
    struct lm_account_ref ana = fx_native(LM_PLATFORM_WHATSAPP, "13035550101", "Ana"),
                          two[2] = { fx_native(LM_PLATFORM_WHATSAPP, "13035550102", "Beto"),
                                     fx_native(LM_PLATFORM_WHATSAPP, "13035550103", "Chuy") },
                          named = fx_name(LM_PLATFORM_WHATSAPP, "El Primo"),
                          owner = { .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_OWNER };
    struct lm_attachment file = { LM_STR("IMG-1.jpg"), LM_STR("image/jpeg"), 1000, LM_STR("") };
    struct lm_edit edit = { { 5, 0, LM_TIME_UTC }, LM_STR("antes") };
    struct lm_reaction heart = { two[0], LM_STR("+1") };
    struct lm_locator l[4] = { { .kind = LM_LOCATOR_BYTES, .a = 0, .b = 9 }, { .kind = LM_LOCATOR_BYTES, .a = 10, .b = 9 },
                               { .kind = LM_LOCATOR_BYTES, .a = 20, .b = 9 }, { .kind = LM_LOCATOR_BYTES, .a = 30, .b = 9 } };
    struct lm_fact m = fx_message(ana, two, 1, 0, "ya esta el hielo");
    m.event.attachments = &file;
    m.event.n_attachments = 1;
    m.event.edits = &edit;
    m.event.n_edits = 1;
    m.event.reactions = &heart;
    m.event.n_reactions = 1;
    m.event.raw = LM_STR("{\"odd\":1}");
    m.event.has_place = true;
    m.event.latitude = 39.5;
    m.event.longitude = -105.25;
    put(x, l, 1, &m, 1);
    struct lm_fact call = fx_message(two[0], &ana, 1, 50000, "");
    call.event.kind = LM_EVENT_CALL;
    call.event.thread = (struct lm_thread_ref){ .kind = LM_THREAD_DIRECT };
    call.event.detail = LM_STR("answered");
    call.event.duration_s = 61;
    put(x, l + 1, 2, &call, 1); /* two records of one call */
    struct lm_fact g = fx_message(ana, two, 2, 2, "a todos: hielo");
    g.event.thread = (struct lm_thread_ref){ LM_STR("g1"), LM_STR("Los Primos"), LM_THREAD_GROUP };
    put(x, l + 3, 1, &g, 1);
    struct lm_locator n = { .kind = LM_LOCATOR_BYTES, .a = 40, .b = 9 };
    struct lm_fact by_name = fx_message(named, &owner, 1, 3, "hielo");
    by_name.event.thread = (struct lm_thread_ref){ LM_STR("t2"), LM_STR("El Primo"), LM_THREAD_DIRECT };
    put(x, &n, 1, &by_name, 1);
    n.a = 50;
    struct lm_fact both[2] = { { .kind = LM_FACT_IDENTIFIER }, fx_message(named, &owner, 1, 4, "otra") };
    both[0].identifier = (struct lm_identifier_fact){ .account = two[1], .type = LM_IDENTIFIER_PHONE,
                                                      .value = LM_STR("+1 720 555 0109"), .basis = LM_STR("contact_list") };
    both[1].event.thread = by_name.event.thread;
    put(x, &n, 1, both, 2);
    struct lm_locator row = { .kind = LM_LOCATOR_ROW, .a = 3, .b = 120 };
    struct lm_fact seizure = { .kind = LM_FACT_OP_ROW };
    seizure.op_row = (struct lm_op_row){ .table = LM_OP_SEIZURE, .id = LM_STR("SZ-1"), .drug = LM_STR("fentanyl"),
                                         .day = LM_DAY_NONE, .purity_ppm = -1, .ug_per_pill = -1, .social_media = -1,
                                         .encrypted = 1, .platforms = 6, .note = LM_STR("bag"),
                                         .amount = { .dimension = LM_DIMENSION_MASS, .value = 1000, .unit = LM_UNIT_G,
                                                     .original = LM_STR("1") } };
    put(x, &row, 1, &seizure, 1);
    struct lm_locator none = { .kind = LM_LOCATOR_NONE };
    struct lm_fact late = fx_message(two[1], &ana, 1, 5, "sin lugar");
    put(x, &none, 1, &late, 1);
}

static struct lm_counts import_all(struct fx *x, const char *authority, const char *owner)
{
    fx_begin(x, authority, "an export", owner);
    put_all(x);
    return fx_end(x);
}

static void what_another_authority_covers_stays(void **state)
{
    (void)state;
    struct fx x;
    struct answer before, after, nothing, again;
    fx_usual(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    fx_authority(&x, "I1", "A3", LM_REACH_CONTENT);
    struct lm_counts c = import_all(&x, "A1", "");
    assert_int_equal(c.kept, 8);
    ask(&x, &before);
    assert_string_equal(before.authority, "A1");
    assert_int_equal(before.threads, 3);
    assert_int_equal(before.op_rows, 1);
    assert_int_equal(import_all(&x, "A2", "").duplicate, 8);
    assert_int_equal(import_all(&x, "A3", "").duplicate, 8);
    ask(&x, &again);
    same(&before, &again); /* folded: nothing twice */
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    ask(&x, &after);
    same(&before, &after);
    assert_string_equal(after.authority, "A2");
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM event"), 12); /* the old rows are all there */
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM attachment"), 2);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM reaction"), 2);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM edit"), 2);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM account"), 5); /* nobody twice */
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM account_identifier l JOIN source s ON s.id = l.source"
                                " WHERE l.basis = 'contact_list' AND s.authority = 2"), 1);
    assert_int_equal(fx_sql(&x, "SELECT n_records FROM event WHERE kind = 1 ORDER BY id DESC LIMIT 1"), 2);
    /* the new source closes like any other, and stands beside the one that reported the duplicates */
    assert_int_equal(fx_sql(&x, "SELECT s.kept * 100 + s.facts FROM source s JOIN source o ON o.exhibit = s.exhibit"
                                " AND o.path = s.path AND o.sha256 = s.sha256 AND o.duplicate = 8"
                                " WHERE s.authority = 2 AND s.kept > 0"), 808);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM audit WHERE instr(entry, CAST('authority.rehome' AS BLOB)) > 0"), 2);
    sound(&x);
    assert_int_equal(import_all(&x, "A2", "").duplicate, 8); /* and folds as before */
    lm_buf_free(&after.text);
    OK(lm_store_revoke_authority(x.st, LM_STR("A2"), LM_STR("suppressed"), e));
    ask(&x, &after);
    same(&before, &after);
    assert_string_equal(after.authority, "A3");
    sound(&x);
    OK(lm_store_revoke_authority(x.st, LM_STR("A3"), LM_STR("suppressed"), e));
    ask(&x, &nothing);
    assert_int_equal(nothing.hits + nothing.edges + nothing.threads + nothing.op_rows, 0);
    sound(&x);
    lm_buf_free(&before.text);
    lm_buf_free(&after.text);
    lm_buf_free(&again.text);
    lm_buf_free(&nothing.text);
    fx_remove(&x);
}

static void what_only_the_revoked_one_covers_goes(void **state)
{
    (void)state;
    struct fx x;
    struct answer a;
    fx_usual(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    fx_investigation(&x, "I2");
    fx_authority(&x, "I2", "B1", LM_REACH_CONTENT);
    assert_int_equal(import_all(&x, "A1", "").kept, 8);
    assert_int_equal(import_all(&x, "B1", "").kept, 8); /* another investigation has its own */
    /* under A2 all but one message is held; by then two names were seen */
    fx_begin(&x, "A2", "an export", "");
    struct lm_account_ref ana = fx_native(LM_PLATFORM_WHATSAPP, "13035550101", "Ana"),
                          beto = fx_native(LM_PLATFORM_WHATSAPP, "13035550102", "Beto");
    struct lm_fact m = fx_message(ana, &beto, 1, 0, "ya esta el hielo");
    assert_int_equal(fx_put(&x, 0, &m), LM_OUTCOME_DUPLICATE);
    struct lm_locator l = { .kind = LM_LOCATOR_BYTES, .a = 30, .b = 9 };
    struct lm_entry entry = { &l, 1, &m, 1 };
    OK(lm_import_held(x.im, x.source, &entry, LM_STR("after the authority's last day"), e));
    (void)fx_end(&x);
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    ask(&x, &a);
    assert_int_equal(a.threads, 1);
    assert_int_equal(a.op_rows, 0);
    assert_int_equal(a.edges, 1);
    assert_int_equal(a.hits, 3); /* in its thread, by its text, by its sender */
    assert_non_null(strstr(a.text.p, "Ana > Beto: ya esta el hielo"));
    sound(&x);
    lm_buf_free(&a.text);
    fx_remove(&x);
}

/* A name that only the part under the revoked authority shows is not told under the other one. */
static void names_come_from_what_is_covered(void **state)
{
    (void)state;
    struct fx x;
    struct answer a;
    fx_usual(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    for (int i = 0; i < 2; i++) {
        struct lm_account_ref ana = fx_native(LM_PLATFORM_WHATSAPP, "13035550101", "Ana"),
                              beto = fx_native(LM_PLATFORM_WHATSAPP, "13035550102", "Beto el Malo");
        fx_begin(&x, i == 0 ? "A1" : "A2", "an export", "");
        struct lm_fact m = fx_message(ana, &beto, 1, 0, "hielo");
        struct lm_locator l = { .kind = LM_LOCATOR_BYTES, .a = 0, .b = 9 };
        struct lm_entry entry = { &l, 1, &m, 1 };
        if (i == 0)
            put(&x, &l, 1, &m, 1);
        else
            OK(lm_import_held(x.im, x.source, &entry, LM_STR("before the authority's first day"), e));
        l.a = 10;
        beto.display = LM_STR("Beto");
        put(&x, &l, 1, &m, 1);
        (void)fx_end(&x);
    }
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    ask(&x, &a);
    assert_int_equal(a.edges, 1);
    assert_null(strstr(a.text.p, "Malo"));
    assert_non_null(strstr(a.text.p, "Ana > 13035550102: hielo")); /* by its id */
    lm_buf_free(&a.text);
    fx_remove(&x);
}

/* Two exports of one chat: other bytes, the same message ids. */
static void put_export(struct fx *x, const char *authority, const char *bytes, const char *second, bool content)
{
    struct lm_account_ref ana = fx_native(LM_PLATFORM_TELEGRAM, "user11", "Ana"),
                          beto = fx_native(LM_PLATFORM_TELEGRAM, "user12", "Beto");
    fx_begin(x, authority, bytes, "");
    struct lm_fact m = fx_message(ana, &beto, 1, 0, content ? "hielo" : "");
    m.event.native_id = LM_STR("77");
    m.event.detail = lm_str(bytes);
    (void)fx_put(x, strlen(bytes), &m);
    m = fx_message(beto, &ana, 1, 1, content ? second : "");
    m.event.native_id = LM_STR("78");
    (void)fx_put(x, strlen(bytes) + 100, &m);
}

static void the_same_message_in_other_bytes(void **state)
{
    (void)state;
    struct fx x;
    struct answer a;
    fx_usual(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    put_export(&x, "A1", "first export", "mañana hielo", true);
    assert_int_equal(fx_end(&x).kept, 2);
    put_export(&x, "A2", "the second export", "mañana no hay hielo", true);
    assert_true(lm_import_entry_differed(x.im));
    struct lm_counts c = fx_end(&x);
    assert_int_equal(c.duplicate, 2);
    assert_int_equal(c.problems, 1); /* it does not say the same */
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    ask(&x, &a);
    assert_int_equal(a.edges, 1);
    assert_string_equal(a.authority, "A2");
    assert_string_equal(a.locator, "byte 17"); /* where the second export has it */
    assert_non_null(strstr(a.text.p, "Ana > Beto: hielo ()")); /* what only the first says is not told */
    assert_null(strstr(a.text.p, "mañana"));
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM problem WHERE reason LIKE '1 records were duplicates%'"), 1);
    sound(&x);
    lm_buf_free(&a.text);
    put_export(&x, "A2", "the second export", "mañana no hay hielo", true);
    c = fx_end(&x); /* as the problem said */
    assert_int_equal(c.kept, 1);
    assert_int_equal(c.duplicate, 1);
    ask(&x, &a);
    assert_int_equal(a.edges, 2);
    assert_non_null(strstr(a.text.p, "mañana no hay hielo"));
    lm_buf_free(&a.text);
    fx_remove(&x);
}

static void content_does_not_pass_to_an_authority_without_reach(void **state)
{
    (void)state;
    struct fx x;
    struct answer a;
    fx_usual(&x);
    fx_authority(&x, "I1", "N2", LM_REACH_NON_CONTENT);
    put_export(&x, "A1", "first export", "mañana hielo", true);
    (void)fx_end(&x);
    put_export(&x, "N2", "headers", "", false);
    struct lm_counts c = fx_end(&x);
    assert_int_equal(c.duplicate, 2);
    assert_int_equal(c.problems, 0); /* it cannot know */
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    ask(&x, &a);
    assert_int_equal(a.edges, 2);
    assert_string_equal(a.authority, "N2");
    assert_null(strstr(a.text.p, ": hielo"));
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM msg"), 2); /* those of A1 */
    sound(&x);
    lm_buf_free(&a.text);
    fx_remove(&x);
}

static lm_err find_privileged(struct fx *x, struct lm_error *e)
{
    struct lm_review r = { .event = 1, .at_us = 7, .state = LM_STR("privileged"), .who = LM_STR("eva"),
                           .reason = LM_STR("to counsel") };
    lm_err err = lm_db_begin(x->st, e);
    if (err == LM_OK)
        err = lm_review_put(x->st, &r, e);
    r = (struct lm_review){ .event = 3, .at_us = 8, .state = LM_STR("responsive"), .who = LM_STR("eva") };
    return err != LM_OK ? err : lm_db_end(x->st, lm_review_put(x->st, &r, e), e);
}

static void what_review_closed_stays_closed(void **state)
{
    (void)state;
    struct fx x;
    struct answer before, after;
    fx_usual(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    (void)import_all(&x, "A1", "");
    OK(find_privileged(&x, e));
    (void)import_all(&x, "A2", "");
    ask(&x, &before);
    assert_null(strstr(before.text.p, "ya esta el hielo"));
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    ask(&x, &after);
    same(&before, &after);
    assert_int_equal(fx_sql(&x, "SELECT count(*) FROM review"), 4);
    assert_int_equal(fx_sql(&x, "SELECT v.state = 'privileged' AND v.who = 'eva' AND v.at_us = 7 FROM review v JOIN msg m"
                                " ON m.event = v.event WHERE m.event > 6 AND m.text = 'ya esta el hielo'"), 1);
    sound(&x);
    lm_buf_free(&before.text);
    lm_buf_free(&after.text);
    fx_remove(&x);
}

/* The owner that a person stated for the second exhibit holds for what comes under it. */
static void a_stated_owner_holds(void **state)
{
    (void)state;
    struct fx x;
    struct answer a;
    fx_usual(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    (void)import_all(&x, "A1", "");
    (void)import_all(&x, "A2", "whatsapp:+13035550108");
    OK(lm_store_revoke_authority(x.st, LM_STR("A1"), LM_STR("suppressed"), e));
    ask(&x, &a);
    assert_non_null(strstr(a.text.p, "El Primo > +13035550108: hielo"));
    lm_buf_free(&a.text);
    fx_remove(&x);
}

static void not_during_an_import(void **state)
{
    (void)state;
    struct fx x;
    struct lm_store *other;
    fx_usual(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    fx_begin(&x, "A2", "an export", "");
    OK(lm_store_open(x.path, LM_STORE_WRITE, "eva", &other, e));
    FAILS(LM_ELOCKED, lm_store_revoke_authority(other, LM_STR("A1"), LM_STR("suppressed"), e));
    put_all(&x);
    (void)fx_end(&x);
    OK(lm_store_revoke_authority(other, LM_STR("A1"), LM_STR("suppressed"), e));
    lm_store_close(other);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ledger_marks_what_is_revoked),
        cmocka_unit_test(what_another_authority_covers_stays),
        cmocka_unit_test(what_only_the_revoked_one_covers_goes),
        cmocka_unit_test(names_come_from_what_is_covered),
        cmocka_unit_test(the_same_message_in_other_bytes),
        cmocka_unit_test(content_does_not_pass_to_an_authority_without_reach),
        cmocka_unit_test(what_review_closed_stays_closed),
        cmocka_unit_test(a_stated_owner_holds),
        cmocka_unit_test(not_during_an_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
