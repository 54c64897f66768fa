/* How much of the network each exhibit supplies: by pair and by contact, over all its sources and all months. */
#include "store_fixture.h"

#include "report/contact_net.h"

static const struct lm_filter filter = { { "I1", 2 }, { "test", 4 } };

/* One message of a source: from and to are the last digits of a number. */
struct message {
    int source, from, to, minute, times;
};

static const char *number(int digit)
{
    static const char *const numbers[] = { "+13035550100", "+13035550101", "+13035550102", "+13035550103", "+13035550104",
                                           "+13035550105", "+13035550106", "+13035550107", "+13035550108", "+13035550109" };
    return numbers[digit];
}

/* One exhibit: a folder with so many sources. */
static void folder(struct fx *x, const char *name, int n_sources, const struct message *list, size_t n)
{
    struct lm_counts counts;
    OK(lm_import_begin(x->st, LM_STR("A1"), &x->im, e));
    struct lm_exhibit xh = { .name = lm_str(name), .folder = true, .bytes = 100 };
    lm_sha256_of(lm_str(name), &xh.sha256);
    OK(lm_import_exhibit(x->im, &xh, &x->exhibit, &x->known, e));
    for (int s = 0; s < n_sources; s++) {
        char path[64];
        (void)snprintf(path, sizeof path, "inbox/thread_%d/message_1.json", s);
        struct lm_source source = { .exhibit = x->exhibit, .path = lm_str(path), .bytes = 10, .reader = LM_STR("test") };
        char unique[128];
        (void)snprintf(unique, sizeof unique, "%s/%s", name, path);
        lm_sha256_of(lm_str(unique), &source.sha256);
        OK(lm_import_source(x->im, &source, &x->source, e));
        uint64_t byte = 0;
        for (size_t i = 0; i < n; i++)
            for (int k = 0; list[i].source == s && k < list[i].times; k++) {
                char thread[64];
                (void)snprintf(thread, sizeof thread, "%s-%d", name, s);
                struct lm_account_ref to = fx_native(LM_PLATFORM_WHATSAPP, number(list[i].to), "");
                struct lm_fact f = fx_message(fx_native(LM_PLATFORM_WHATSAPP, number(list[i].from), ""), &to, 1,
                                              list[i].minute + k, "uno");
                f.event.thread.native = lm_str(thread);
                assert_int_equal(fx_put(x, byte += 10, &f), LM_OUTCOME_KEPT);
            }
        OK(lm_import_source_end(x->im, x->source, LM_SOURCE_READ, &counts, e));
    }
    OK(lm_import_end(x->im, &counts, e));
}

#define MONTH (31 * 24 * 60)

static void load(struct fx *x, struct lm_arena *a, struct lm_contact_net *net, struct lm_warnings *w)
{
    lm_arena_init(a, 0);
    *w = (struct lm_warnings){ .a = a };
    OK(lm_contact_net_load(a, x->st, &filter, 0, false, NULL, net, e));
    lm_contact_net_warn(net, w);
    assert_false(w->failed);
}

static const struct lm_contact_exhibit *find(const struct lm_contact_net *n, const char *name)
{
    for (size_t i = 0; i < n->n_exhibits; i++)
        if (lm_str_eq(n->exhibits[i].name, lm_str(name)))
            return &n->exhibits[i];
    fail_msg("no exhibit %s", name);
    return NULL;
}

/* Six threads of one account, each a source of its own: one device all the same. */
static void a_folder_of_many_sources_is_one_device(void **state)
{
    static const struct message list[] = { { 0, 0, 1, 0, 1 }, { 1, 0, 2, 0, 1 }, { 2, 3, 0, 0, 1 },
                                           { 3, 0, 4, 0, 1 }, { 4, 5, 0, 0, 1 }, { 5, 0, 6, 0, 2 } };
    struct fx x;
    struct lm_arena a;
    struct lm_contact_net net;
    struct lm_warnings w;
    (void)state;
    fx_usual(&x);
    folder(&x, "facebook_download", 6, list, 6);
    load(&x, &a, &net, &w);
    assert_int_equal(net.n_exhibits, 1);
    assert_int_equal(net.exhibits[0].pairs, 6);
    assert_int_equal(net.exhibits[0].contacts, 7);
    assert_int_equal(net.exhibits[0].sha256.n, 64);
    assert_int_equal(w.n, 1);
    assert_string_equal(w.list[0].code, "one_device");
    assert_non_null(strstr(w.list[0].text.p, "facebook_download (SHA-256 "));
    assert_non_null(strstr(w.list[0].text.p, "6 of 6 pairs in contact (100 %) and 7 of 7 messages and calls (100 %)"));
    lm_arena_free(&a);
    fx_remove(&x);
}

/* phone_a has most of a pair's contacts in small months; phone_b has the one largest month. Both supply it. */
static void all_rows_of_a_pair_count(void **state)
{
    static const struct message a_list[] = { { 0, 0, 1, 0, 3 }, { 0, 1, 0, MONTH, 3 }, { 1, 0, 1, 2 * MONTH, 3 } },
                                b_list[] = { { 0, 0, 1, 0, 4 } };
    struct fx x;
    struct lm_arena a;
    struct lm_contact_net net;
    struct lm_warnings w;
    (void)state;
    fx_usual(&x);
    folder(&x, "phone_a", 2, a_list, 3);
    folder(&x, "phone_b", 1, b_list, 1);
    load(&x, &a, &net, &w);
    assert_int_equal(net.m, 1);
    assert_int_equal(net.contacts, 13);
    assert_int_equal(net.n_exhibits, 2);
    assert_int_equal(find(&net, "phone_a")->contacts, 9);
    assert_int_equal(find(&net, "phone_b")->contacts, 4);
    assert_int_equal(find(&net, "phone_b")->pairs, 1);
    assert_true(lm_str_eq(net.exhibits[0].name, LM_STR("phone_a")));
    assert_int_equal(w.n, 2);
    lm_arena_free(&a);
    fx_remove(&x);
}

/* Ten pairs: three of them are not more than 30 per cent, four are. */
static void thirty_per_cent_is_the_line(void **state)
{
    static const struct message list[] = { { 0, 0, 1, 0, 1 }, { 0, 0, 2, 0, 1 }, { 0, 0, 3, 0, 1 }, { 0, 0, 4, 0, 1 },
                                           { 0, 0, 5, 0, 1 }, { 0, 0, 6, 0, 1 }, { 0, 0, 7, 0, 1 }, { 0, 0, 8, 0, 1 },
                                           { 0, 0, 9, 0, 1 }, { 0, 1, 2, 0, 1 }, { 0, 1, 3, 0, 1 } };
    struct fx x;
    struct lm_arena a;
    struct lm_contact_net net;
    struct lm_warnings w;
    (void)state;
    fx_usual(&x);
    folder(&x, "three", 1, list, 3);
    folder(&x, "three more", 1, list + 3, 3);
    folder(&x, "two", 1, list + 6, 2);
    folder(&x, "and two", 1, list + 8, 2);
    load(&x, &a, &net, &w);
    assert_int_equal(net.m, 10);
    assert_int_equal(w.n, 0);
    lm_arena_free(&a);
    folder(&x, "one more", 1, list + 5, 1); /* a pair that is known already */
    load(&x, &a, &net, &w);
    assert_int_equal(net.m, 10);
    assert_int_equal(find(&net, "one more")->pairs, 1);
    assert_int_equal(w.n, 0);
    lm_arena_free(&a);
    static const struct message many[] = { { 0, 0, 1, 0, 8 } };
    folder(&x, "eight in one pair", 1, many, 1);
    load(&x, &a, &net, &w);
    assert_int_equal(w.n, 1); /* 8 of 19 contacts, 1 of 10 pairs */
    assert_non_null(strstr(w.list[0].text.p, "1 of 10 pairs in contact (10 %) and 8 of 19 messages and calls (42 %)"));
    lm_arena_free(&a);
    fx_remove(&x);
}

static void a_long_list_is_counted(void **state)
{
    static const struct message list[] = { { 0, 0, 1, 0, 1 } };
    static const char *const names[] = { "a", "b", "c", "d", "e" };
    struct fx x;
    struct lm_arena a;
    struct lm_contact_net net;
    struct lm_warnings w;
    (void)state;
    fx_usual(&x);
    for (size_t i = 0; i < 5; i++)
        folder(&x, names[i], 1, list, 1);
    load(&x, &a, &net, &w);
    assert_int_equal(net.n_exhibits, 5);
    assert_int_equal(w.n, 4);
    assert_non_null(strstr(w.list[3].text.p, "2 more exhibits supply more than 30 % each"));
    lm_arena_free(&a);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_of_many_sources_is_one_device),
        cmocka_unit_test(all_rows_of_a_pair_count),
        cmocka_unit_test(thirty_per_cent_is_the_line),
        cmocka_unit_test(a_long_list_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
