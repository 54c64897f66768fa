/* test_layout.c - maps of columns: what they may say, how they are refused, how they meet a header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "readers/shared/layout.h"

#define GOOD "column,means,format\n# a comment\n,title,Acme\n,match,Caller\n,dates,dmy\n,zone,UTC\n" \
             "Caller,from,\nCalled*,to,\nCall Date,start_date,\nCall Time,start_time,\nSecs,duration,seconds\n" \
             "Kind,kind,\"call=V|voice*;message=S\"\nKind,direction,\"out=*O;in=*I\"\nSwitch,keep,\nRemark,content,\n"

static struct lm_arena arena;

static int setup(void **state)
{
    (void)state;
    lm_arena_init(&arena, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lm_arena_free(&arena);
    return 0;
}

static struct lm_layout parsed(const char *text)
{
    struct lm_layout l = { 0 };
    struct lm_error e = { 0 };
    if (lm_layout_parse(&arena, LM_STR("test"), lm_str(text), &l, &e) != LM_OK)
        fail_msg("%s: %s", e.locator, e.message);
    return l;
}

static void refuses(const char *text, const char *row, const char *why)
{
    struct lm_layout l = { .n = 77 };
    struct lm_error e = { 0 };
    assert_int_equal(lm_layout_parse(&arena, LM_STR("test"), lm_str(text), &l, &e), LM_EINPUT);
    assert_int_equal(l.n, 77); /* untouched */
    assert_string_equal(e.locator, row);
    if (strstr(e.message, why) == NULL)
        fail_msg("the reason is: %s", e.message);
}

static void a_map_is_read(void **state)
{
    (void)state;
    struct lm_layout l = parsed(GOOD);
    assert_true(lm_str_eq(l.title, LM_STR("Acme")));
    assert_int_equal(l.n, 9);
    assert_int_equal(l.n_match, 1);
    assert_int_equal(l.zone.state, LM_CELL_ZONE_UTC);
    assert_int_equal(l.columns[2].moment.order, LM_ORDER_DMY);
    assert_true(l.columns[2].has_order);
    assert_int_equal(l.kind, LM_SAYS_CALL);
    assert_int_equal(lm_layout_says(&l.columns[5], LM_STR("VOICE mail")), LM_SAYS_CALL);
    assert_int_equal(lm_layout_says(&l.columns[5], LM_STR("x")), LM_SAYS_NOTHING);
    assert_int_equal(lm_layout_says(&l.columns[6], LM_STR("V/O")), LM_SAYS_OUT);
}

static void wrong_maps_are_refused_with_their_row(void **state)
{
    (void)state;
    refuses("column,means\nA,from\nB,begin\n", "row 3", "no word of a map");
    refuses("A,from\n", "row 1", "needs a moment");
    refuses("A,start\n", "row 1", "needs somebody");
    refuses("A,start\nB,other\n", "row 1", "none means direction");
    refuses("A,start,mmddyy\nB,from\n", "row 1", "format of a moment");
    refuses("A,start\nB,from\nC,duration,hours\n", "row 3", "format of a duration");
    refuses("A,start\nB,from,left\n", "row 2", "has no format");
    refuses("A,start\nB,from\nC,kind,\"talk=V\"\n", "row 3", "before '='");
    refuses("A,start\nB,from\nC,kind,\"out=V\"\n", "row 3", "belong to direction");
    refuses("A,start\n,from\n", "row 2", "needs the name of a column");
    refuses("A,title\n", "row 1", "its column stays empty");
    refuses(",zone,America/Denver\n", "row 1", "--zone");
    refuses(",platform,carrier pigeon\n", "row 1", "platform");
    refuses(",dates,american\n", "row 1", "mdy, dmy, ymd");
    refuses("***,start\n", "row 1", "neither letters nor digits");
    refuses("A,kind,call=a,b\n", "row 1", "more than three cells");
    refuses("A,ip\n", "row 1", "on which platform");
    refuses(",platform,telegram\nA,ip\nB,start\nC,from\n", "row 1", "not of both");
    refuses(",platform,telegram\nA,ip\nB,kind,\"call=x\"\n", "row 1", "login and other");
    refuses("A,start\nB,from\nC,kind,\"login=x\"\n", "row 1", "tables about accounts");
    refuses(",platform,telegram\nA,created,soon\n", "row 2", "format of a moment");
    struct lm_layout l;
    char *big = lm_arena_alloc(&arena, LM_LAYOUT_MAX_BYTES + 2);
    memset(big, '#', LM_LAYOUT_MAX_BYTES + 1);
    assert_int_equal(lm_layout_parse(&arena, LM_STR("big"), (struct lm_str){ big, LM_LAYOUT_MAX_BYTES + 1 }, &l, NULL), LM_ELIMIT);
}

static void headers_are_met_without_case_and_punctuation(void **state)
{
    (void)state;
    struct lm_layout l = parsed(GOOD);
    const struct lm_str header[] = { LM_STR("CALLER"), LM_STR("called-number"), LM_STR("call_date"), LM_STR("Call Time (UTC)"),
                                     LM_STR("What is this"), LM_STR("Secs"), LM_STR("Secs") };
    struct lm_binding b;
    char room[LM_LAYOUT_KEY];
    assert_true(lm_str_eq(lm_layout_key(LM_STR("Conn. Time (UTC)"), room), LM_STR("conntimeutc")));
    /* "Call Time (UTC)" has another key than "Call Time" */
    assert_int_equal(lm_layout_fits(&l, header, 7, false), 5);
    assert_int_equal(lm_layout_bind(&arena, &l, header, 7, &b), LM_OK);
    assert_int_equal(b.unknown, 2);
    assert_int_equal(b.means[4], LM_MEANS_CONTENT); /* nobody knows what it is */
    assert_true(lm_str_eq(b.names[6], LM_STR("Secs (2)")));
    const struct lm_str row[] = { LM_STR("1"), LM_STR("2"), LM_STR("3"), LM_STR("4"), LM_STR("5"), LM_STR("-1"), LM_STR("9") };
    assert_true(lm_str_eq(lm_binding_cell(&b, LM_MEANS_DURATION, row, 7, NULL), LM_STR("9"))); /* the first that says something */
    assert_int_equal(lm_binding_cell(&b, LM_MEANS_OWNER, row, 7, NULL).n, 0);
    const struct lm_str other[] = { LM_STR("Called by"), LM_STR("Call Date") };
    assert_int_equal(lm_layout_fits(&l, other, 2, false), 0); /* the match line asks for Caller */
    assert_int_equal(lm_layout_fits(&l, other, 2, true), 2);  /* a person chose the map */
}

static void a_map_of_accounts(void **state)
{
    (void)state;
    struct lm_layout l = parsed(",platform,wickr\n,match,*wickr*\n*Wickr ID*,username,\nIP*,ip,\nCreated,created,unix_ms\nSeen,start,\n");
    const struct lm_str header[] = { LM_STR("The Wickr ID"), LM_STR("IP address"), LM_STR("x") },
                        other[] = { LM_STR("ID"), LM_STR("IP address"), LM_STR("Created") }, one[] = { LM_STR("Wickr ID"), LM_STR("x") };
    assert_true(l.of_accounts);
    assert_int_equal(l.platform, LM_PLATFORM_WICKR);
    assert_int_equal(l.columns[2].moment.epoch, LM_EPOCH_UNIX_MS);
    assert_int_equal(lm_layout_fits(&l, header, 3, false), 2); /* neither a moment nor two sides are asked of it */
    assert_int_equal(lm_layout_fits(&l, other, 3, false), 0);  /* the match line has a star, and nothing has that name */
    assert_int_equal(lm_layout_fits(&l, other, 3, true), 2);
    assert_int_equal(lm_layout_fits(&l, one, 2, true), 0);     /* one name is too little */
}

static void stars_stand_for_anything(void **state)
{
    (void)state;
    assert_true(lm_layout_glob(LM_STR("*SMS*"), LM_STR("mSOriginatingSMSinMSC")));
    assert_true(lm_layout_glob(LM_STR("a*b*c"), LM_STR("aXbYbZc")));
    assert_true(lm_layout_glob(LM_STR("*"), LM_STR("")));
    assert_false(lm_layout_glob(LM_STR("a*b"), LM_STR("abc")));
    assert_false(lm_layout_glob(LM_STR(""), LM_STR("a")));
}

static void the_maps_that_come_along_are_whole(void **state)
{
    (void)state;
    struct lm_layout *l;
    size_t n = 0;
    assert_int_equal(lm_layouts_embedded(&arena, LM_STR("data/carriers/"), &l, &n), LM_OK);
    assert_true(n >= 3);
    for (size_t i = 0; i < n; i++) {
        assert_true(l[i].n_match >= 2); /* tried on every table: one name would be too little */
        assert_true(l[i].title.n != 0);
    }
    assert_int_equal(lm_layouts_embedded(&arena, LM_STR("data/providers/"), &l, &n), LM_OK);
    assert_true(n >= 3);
    for (size_t i = 0; i < n; i++) {
        assert_true(l[i].of_accounts && l[i].n_match != 0 && l[i].title.n != 0);
        assert_true(l[i].note.n != 0); /* each says at import that its layout is nobody's but ours */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_map_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_maps_are_refused_with_their_row, setup, teardown),
        cmocka_unit_test_setup_teardown(headers_are_met_without_case_and_punctuation, setup, teardown),
        cmocka_unit_test_setup_teardown(a_map_of_accounts, setup, teardown),
        cmocka_unit_test_setup_teardown(stars_stand_for_anything, setup, teardown),
        cmocka_unit_test_setup_teardown(the_maps_that_come_along_are_whole, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
