/* test_map_template.c - the map that is guessed from a header: it parses, reads its own table, and holds nothing of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buf.h"
#include "readers/shared/map_template.h"
#include "readers/shared/traffic.h"

struct kept {
    struct lm_sink sink;
    struct lm_buf text;
    size_t entries, rejected;
};

static lm_err keep_text(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct kept *k = (struct kept *)sink;
    k->entries++;
    if (entry->facts[0].kind == LM_FACT_EVENT)
        lm_buf_put(&k->text, entry->facts[0].event.text);
    return LM_OK;
}

static lm_err count_problem(struct lm_sink *sink, const struct lm_problem *p)
{
    ((struct kept *)sink)->rejected += p->records;
    return LM_OK;
}

static lm_err is_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static lm_err run(const struct lm_reader *r, const char *table, struct lm_str map, struct kept *k)
{
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    *k = (struct kept){ .sink = { keep_text, count_problem, is_empty } };
    lm_buf_init(&k->text, (size_t)1 << 20);
    struct lm_input in = { .bytes = lm_str(table), .path = LM_STR("t.csv"), .map = map };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    lm_err err = r->read(&ctx, &k->sink);
    lm_arena_free(&file);
    lm_arena_free(&record);
    return err;
}

/* The map of a table; it must parse. */
static struct lm_buf map_of(const char *table)
{
    struct kept k;
    struct lm_arena a;
    struct lm_layout l;
    struct lm_error e = { 0 };
    assert_int_equal(run(&lm_reader_map_template, table, LM_STR(""), &k), LM_OK);
    lm_arena_init(&a, 0);
    if (lm_layout_parse(&a, LM_STR("made"), lm_buf_str(&k.text), &l, &e) != LM_OK)
        fail_msg("%s: %s in\n%.*s", e.locator, e.message, LM_STR_ARG(lm_buf_str(&k.text)));
    lm_arena_free(&a);
    return k.text;
}

static void has(const struct lm_buf *map, const char *line)
{
    if (lm_str_find(lm_buf_str(map), lm_str(line)) == SIZE_MAX)
        fail_msg("no <%s> in\n%.*s", line, LM_STR_ARG(lm_buf_str(map)));
}

#define ACME                                                                                                  \
    "Acme Wireless Legal Compliance\nCall Detail Report for 303-555-0141\nAll times UTC\n\n"                  \
    "Rec No,Call Start,Talk Time,Dir,A Party Number,B Party Number,Record Type,Device IMEI,First Cell,Switch ID,\"Remark, agent\"\n" \
    "1,14/03/2025 10:15:23,135,MO,13035550141,13035550142,VOICE,353918051234560,LAC 5 CI 101,DEN1,\n"         \
    "2,14/03/2025 10:15:23,133,MO,13035550141,13035550142,VOICE,353918051234560,LAC 5 CI 101,DEN2,\n"         \
    "3,14/03/2025 11:02:00,0,MT,13035550143,13035550141,VOICE,353918051234560,,DEN1,\n"                       \
    "4,15/03/2025 09:00:10,,MO,13035550141,13035550144,SMS,353918051234560,,DEN1,see file\n"                  \
    "5,15/03/2025 09:10:00,61,MT,13035550145,13035550141,QX,353918051234560,,DEN1,\n"                         \
    "Rec No,Call Start,Talk Time,Dir,A Party Number,B Party Number,Record Type,Device IMEI,First Cell,Switch ID,\"Remark, agent\"\n"

static void a_carriers_table(void **state)
{
    (void)state;
    struct lm_buf map = map_of(ACME);
    has(&map, "\nRec No,item,\n");
    has(&map, "\nCall Start,start,\n");
    has(&map, "\nTalk Time,duration,seconds\n");
    has(&map, "\nDir,direction,\"out=MO;in=MT\"\n");
    has(&map, "\nA Party Number,from,\n");
    has(&map, "\nB Party Number,to,\n");
    has(&map, "# in no group yet: QX\nRecord Type,kind,\"call=VOICE;message=SMS\"\n");
    has(&map, "\nDevice IMEI,imei,\n");
    has(&map, "\nFirst Cell,cell,\n");
    has(&map, "\nSwitch ID,keep,\n");
    has(&map, "\n\"Remark, agent\",content,\n");
    has(&map, "\n,dates,dmy\n");
    has(&map, "\n,zone,UTC\n");
    /* nothing of the rows */
    assert_int_equal(lm_str_find(lm_buf_str(&map), LM_STR("1303555")), SIZE_MAX);
    assert_int_equal(lm_str_find(lm_buf_str(&map), LM_STR("353918")), SIZE_MAX);
    assert_int_equal(lm_str_find(lm_buf_str(&map), LM_STR("see file")), SIZE_MAX);
    /* and it reads the table that it was made from */
    struct kept k;
    assert_int_equal(run(lm_reader_find(LM_STR("generic_table")), ACME, lm_buf_str(&map), &k), LM_OK);
    assert_int_equal(k.entries, 4);
    assert_int_equal(k.rejected, 0);
    lm_buf_free(&k.text);
    lm_buf_free(&map);
}

static void a_table_of_the_other_number(void **state)
{
    (void)state;
    struct lm_buf map = map_of("Date;Time;Number;In/Out;Duration\n03/04/2025;10:15 PM;(303) 555-0142;Outgoing;2:15\n"
                               "03/05/2025;11:15 PM;(303) 555-0143;Incoming;0:15\n");
    has(&map, "\nDate,start_date,\n");
    has(&map, "\nTime,start_time,\n");
    has(&map, "\nNumber,other,\n");
    has(&map, "\nIn/Out,direction,\"out=Outgoing;in=Incoming\"\n");
    has(&map, "\nDuration,duration,\n");
    has(&map, "# No date decides");
    has(&map, "\n# ,dates,mdy\n");
    has(&map, "\n# ,zone,UTC\n");
    lm_buf_free(&map);
}

/* The map of a table about accounts, after a person has said whose service it is. */
static struct lm_buf finished(const char *table)
{
    struct kept k;
    struct lm_buf whole;
    assert_int_equal(run(&lm_reader_map_template, table, LM_STR(""), &k), LM_OK);
    lm_buf_init(&whole, (size_t)1 << 20);
    size_t at = lm_str_find(lm_buf_str(&k.text), LM_STR("# ,platform,other"));
    assert_int_not_equal(at, SIZE_MAX);
    lm_buf_put(&whole, lm_str_take(lm_buf_str(&k.text), at));
    lm_buf_put(&whole, LM_STR(",platform,telegram\n"));
    lm_buf_put(&whole, lm_str_skip(lm_buf_str(&k.text), at));
    lm_buf_free(&k.text);
    return whole;
}

static void a_table_about_accounts(void **state)
{
    (void)state;
    static const char table[] = "Answer of 2025\n\nUser ID,Phone,IP addresses,Source Port,Login time,Registered,Device model,Remark\n"
                                "7000001,+13035550101,\"192.0.2.1:443, 192.0.2.2\",443,1741000000,2024-05-01 10:00,Phone 12,x\n"
                                "7000002,+13035550102,2001:db8::1,443,1741000001,2024-05-02 10:00,Phone 12,y\n";
    struct kept k;
    struct lm_buf map = finished(table);
    has(&map, "\nUser ID,account,\n");
    has(&map, "\nPhone,phone,\n");
    has(&map, "\nIP addresses,ip,\n");
    has(&map, "\nSource Port,port,\n");
    has(&map, "\nLogin time,start,unix\n");
    has(&map, "\nRegistered,created,\n");
    has(&map, "\nDevice model,keep,\n");
    has(&map, "\nRemark,content,\n");
    assert_int_equal(lm_str_find(lm_buf_str(&map), LM_STR("192.0")), SIZE_MAX);
    assert_int_equal(run(lm_reader_find(LM_STR("generic_table")), table, lm_buf_str(&map), &k), LM_OK);
    assert_int_equal(k.entries, 6); /* of each row who, when made, and a login */
    assert_int_equal(k.rejected, 0);
    lm_buf_free(&k.text);
    lm_buf_free(&map);
}

static void a_list_about_an_account(void **state)
{
    (void)state;
    static const char list[] = "Report\nWickr ID,nightowl\nDate created,2024-05-01 10:00\nLast use,2025-03-01 10:00\nNumber of devices,2\n";
    struct kept k;
    struct lm_buf map = finished(list);
    has(&map, "\nWickr ID,username,\n");
    has(&map, "\nDate created,created,\n");
    has(&map, "\nLast use,last_seen,\n");
    has(&map, "\nNumber of devices,keep,\n");
    assert_int_equal(run(lm_reader_find(LM_STR("generic_table")), list, lm_buf_str(&map), &k), LM_OK);
    assert_int_equal(k.entries, 3);
    lm_buf_free(&k.text);
    lm_buf_free(&map);
}

static void names_that_a_map_cannot_write(void **state)
{
    (void)state;
    struct lm_buf map = map_of("#From,*To*,\"Start\nof call\",\"a \"\"b\"\"\"\n3035550101,3035550102,2025-03-14 10:15:23,x\n");
    has(&map, "\nFrom,from,\n");
    has(&map, "\nTo ,to,\n");
    has(&map, "\n\"Start of call\",start,\n");
    has(&map, "\n\"a \"\"b\"\"\",content,\n");
    lm_buf_free(&map);
}

static void what_has_no_header(void **state)
{
    (void)state;
    static const char *const tables[] = { "a\n", "1,2,3\n4,5,6\n", "just some words, and more, and more\nand nothing, to, see\n",
                                          "3035550101,3035550102,2025-03-14 10:15:23\n" };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct kept k;
        assert_int_equal(run(&lm_reader_map_template, tables[i], LM_STR(""), &k), LM_EINPUT);
        assert_int_equal(k.entries, 0);
        lm_buf_free(&k.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_carriers_table),
        cmocka_unit_test(a_table_of_the_other_number),
        cmocka_unit_test(a_table_about_accounts),
        cmocka_unit_test(a_list_about_an_account),
        cmocka_unit_test(names_that_a_map_cannot_write),
        cmocka_unit_test(what_has_no_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
