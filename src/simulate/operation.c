#include "simulate/operation.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "formats/json_out.h"
#include "model/when.h"
#include "simulate/people.h"

#define FILE_CEILING ((size_t)64 << 20)

struct world {
    const char *folder;
    struct lm_error *e;
    struct lm_rng rng;
    struct sim_person people[SIM_MAX_PEOPLE];
    int n_people;
    struct lm_buf authorities, messages, held;
};

/* The operation's period, and a moment before it that no authority covers. */
static const int64_t period_start_us = INT64_C(1651406400) * LM_SECOND_US; /* 2022-05-01T12:00Z */
enum { PERIOD_DAYS = 360 };

static int64_t moment(struct world *w)
{
    return period_start_us + LM_DAY_US * (int64_t)(1 + lm_rng_below(&w->rng, PERIOD_DAYS))
           + LM_SECOND_US * (int64_t)lm_rng_below(&w->rng, 28800);
}

static const char *phrase(struct world *w)
{
    static const char *const phrases[] = {
        "you around later?",          "ya esta el hielo, pasa por el",  "same as last time",
        "need 50 of the blues",       "dónde nos vemos?",               "the usual place, 20 min",
        "mañana te llevo las treinta", "got the 2k, can do 500 for that", "call me when you land",
        "no traigas a nadie",         "paid you on the app",            "he says they are pressed different now",
        "running late, traffic",      "ok 👍",                          "cuánto por un zip?",
    };
    return phrases[lm_rng_below(&w->rng, 15)];
}

static lm_err make_folder(struct world *w, const char *relative)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", w->folder, relative);
    for (char *p = path + 1; *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            return lm_fail(w->e, LM_EIO, "cannot make the folder %s", path);
        *p = '/';
    }
    if (mkdir(path, 0755) != 0 && errno != EEXIST)
        return lm_fail(w->e, LM_EIO, "cannot make the folder %s", path);
    return LM_OK;
}

static lm_err save(struct world *w, const char *relative, struct lm_buf *b)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", w->folder, relative);
    FILE *f = b->failed ? NULL : fopen(path, "wb");
    if (f == NULL)
        return lm_fail(w->e, LM_EIO, "cannot write %s", path);
    size_t written = fwrite(b->p, 1, b->n, f);
    if (fclose(f) != 0 || written != b->n)
        return lm_fail(w->e, LM_EIO, "cannot write %s", path);
    lm_buf_clear(b);
    return LM_OK;
}

static void authority(struct world *w, const char *id, const char *kind, const char *number, const char *owner,
                      const char *path)
{
    bool own = strcmp(kind, "own_records") == 0;
    lm_buf_printf(&w->authorities, "%s,%s,content,%s,%s,%s,%s,%s,%s\n", id, kind, number,
                  own ? "none" : "D. Colo. (made up)", own ? "" : "2022-05-01", own ? "" : "2023-05-01", owner, path);
}

static void truth(struct world *w, const char *exhibit, const struct sim_person *from, const struct sim_person *to,
                  int count)
{
    lm_buf_printf(&w->messages, "%s,%d,%d,%d\n", exhibit, from->id, to->id, count);
}

/* --- WhatsApp: the phone of one wholesaler; contacts are not saved, so they appear as numbers --- */

static lm_err whatsapp_chat(struct world *w, const char *exhibit, const struct sim_person *owner,
                            const struct sim_person *other, int n, int n_before)
{
    struct lm_buf b;
    char path[512];
    int counts[2] = { 0, 0 };
    lm_buf_init(&b, FILE_CEILING);
    int64_t us = period_start_us - 40 * LM_DAY_US;
    lm_buf_put(&b, LM_STR("1/5/22, 09:00 - Messages and calls are end-to-end encrypted.\n"));
    for (int i = 0; i < n_before + n; i++) {
        if (i == n_before)
            us = period_start_us + 2 * LM_DAY_US;
        us += LM_SECOND_US * (int64_t)(i < n_before ? 3600 : 1800 + lm_rng_below(&w->rng, 86400 * 300 / (uint64_t)n));
        struct lm_civil c;
        lm_civil_from_us(us, &c);
        bool mine = lm_rng_below(&w->rng, 2) == 0;
        counts[mine ? 0 : 1] += i >= n_before;
        /* day/month/two-digit year, 24 h, as an Android phone set to Spanish writes it */
        lm_buf_printf(&b, "%d/%d/%02d, %02d:%02d - ", c.day, c.month, c.year % 100, c.hour, c.minute);
        if (mine)
            lm_buf_printf(&b, "%s: ", owner->name);
        else
            lm_buf_printf(&b, "+1 %.3s-%.3s-%.4s: ", other->phone + 2, other->phone + 5, other->phone + 8);
        lm_buf_printf(&b, "%s\n", phrase(w));
    }
    (void)snprintf(path, sizeof path, "evidence/%s/WhatsApp Chat with +1 %.3s-%.3s-%.4s.txt", exhibit, other->phone + 2,
                   other->phone + 5, other->phone + 8);
    truth(w, exhibit, owner, other, counts[0]);
    truth(w, exhibit, other, owner, counts[1]);
    lm_err err = save(w, path, &b);
    lm_buf_free(&b);
    return err;
}

static lm_err whatsapp_phone(struct world *w, int owner_id)
{
    struct sim_person *owner = &w->people[owner_id];
    char exhibit[64], folder[96], who[128];
    (void)snprintf(exhibit, sizeof exhibit, "phone_%d", owner_id);
    (void)snprintf(folder, sizeof folder, "evidence/%s", exhibit);
    (void)snprintf(who, sizeof who, "whatsapp:%s=%s", owner->phone, owner->name);
    lm_err err = make_folder(w, folder);
    int held = 0;
    for (int i = 0; err == LM_OK && i < w->n_people; i++) {
        if (w->people[i].supplier != owner_id)
            continue;
        int before = (int)lm_rng_below(&w->rng, 5);
        err = whatsapp_chat(w, exhibit, owner, &w->people[i], 30 + (int)lm_rng_below(&w->rng, 60), before);
        held += before + 1; /* the encryption notice stands before the period as well */
    }
    lm_buf_printf(&w->held, "%s,%d\n", exhibit, held);
    authority(w, owner_id % 2 == 0 ? "SW-22-0101" : "SW-22-0103", "search_warrant",
              owner_id % 2 == 0 ? "22-mj-0101" : "22-mj-0103", who, exhibit);
    return err;
}

/* --- Telegram: a full Desktop export of another wholesaler --- */

static void telegram_user(struct lm_json_out *o, const struct sim_person *p, bool own)
{
    char phone[32];
    const char *space = strchr(p->name, ' ');
    (void)snprintf(phone, sizeof phone, "+1 %.3s %.3s %.4s", p->phone + 2, p->phone + 5, p->phone + 8);
    lm_json_object(o);
    lm_json_kv_i64(o, "user_id", p->telegram);
    lm_json_kv_str(o, "first_name", (struct lm_str){ p->name, (size_t)(space - p->name) });
    lm_json_kv_z(o, "last_name", space + 1);
    lm_json_kv_z(o, "phone_number", phone);
    if (!own) {
        lm_json_kv_z(o, "date", "2022-05-03T10:00:00");
        lm_json_kv_z(o, "date_unixtime", "1651572000");
    }
    lm_json_object_end(o);
}

static void telegram_chat(struct world *w, struct lm_json_out *o, const char *exhibit, const struct sim_person *owner,
                          const struct sim_person *other, int n, int n_before)
{
    int counts[2] = { 0, 0 };
    int64_t s = period_start_us / LM_SECOND_US - 30 * 86400;
    lm_json_object(o);
    lm_json_kv_z(o, "name", other->name);
    lm_json_kv_z(o, "type", "personal_chat");
    lm_json_kv_i64(o, "id", other->telegram);
    lm_json_key(o, "messages");
    lm_json_array(o);
    for (int i = 0; i < n_before + n; i++) {
        char text[64];
        if (i == n_before)
            s = period_start_us / LM_SECOND_US + 86400 * 2;
        s += i < n_before ? 7200 : 1800 + (int64_t)lm_rng_below(&w->rng, 86400 * 300 / (uint64_t)n);
        bool mine = lm_rng_below(&w->rng, 2) == 0;
        const struct sim_person *from = mine ? owner : other;
        counts[mine ? 0 : 1] += i >= n_before;
        struct lm_when at = { .us = s * LM_SECOND_US, .quality = LM_TIME_LOCAL };
        lm_json_object(o);
        lm_json_kv_i64(o, "id", i + 1);
        lm_json_kv_z(o, "type", "message");
        lm_json_kv_z(o, "date", lm_when_format(&at, text));
        (void)snprintf(text, sizeof text, "%lld", (long long)s);
        lm_json_kv_z(o, "date_unixtime", text);
        lm_json_kv_z(o, "from", from->name);
        (void)snprintf(text, sizeof text, "user%lld", from->telegram);
        lm_json_kv_z(o, "from_id", text);
        lm_json_kv_z(o, "text", phrase(w));
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    lm_json_object_end(o);
    truth(w, exhibit, owner, other, counts[0]);
    truth(w, exhibit, other, owner, counts[1]);
}

static lm_err telegram_export(struct world *w, int owner_id)
{
    const struct sim_person *owner = &w->people[owner_id];
    struct lm_buf b;
    struct lm_json_out o;
    int held = 0;
    lm_err err = make_folder(w, "evidence/telegram_export");
    if (err != LM_OK)
        return err;
    lm_buf_init(&b, FILE_CEILING);
    lm_json_out_init(&o, &b);
    lm_json_object(&o);
    lm_json_kv_z(&o, "about", "Made-up data.");
    lm_json_key(&o, "personal_information");
    telegram_user(&o, owner, true);
    lm_json_key(&o, "contacts");
    lm_json_object(&o);
    lm_json_key(&o, "list");
    lm_json_array(&o);
    for (int i = 0; i < w->n_people; i++)
        if (w->people[i].supplier == owner_id || owner->supplier == i)
            telegram_user(&o, &w->people[i], false);
    lm_json_array_end(&o);
    lm_json_object_end(&o);
    lm_json_key(&o, "chats");
    lm_json_object(&o);
    lm_json_key(&o, "list");
    lm_json_array(&o);
    for (int i = 0; i < w->n_people; i++) {
        bool neighbour = w->people[i].supplier == owner_id || w->people[i].role == SIM_SOURCE
                         || (w->people[i].role == SIM_WHOLESALER && i != owner_id);
        if (!neighbour)
            continue;
        int before = (int)lm_rng_below(&w->rng, 4);
        telegram_chat(w, &o, "telegram_export", owner, &w->people[i], 40 + (int)lm_rng_below(&w->rng, 50), before);
        held += before;
    }
    lm_json_array_end(&o);
    lm_json_object_end(&o);
    lm_json_object_end(&o);
    lm_buf_printf(&w->held, "telegram_export,%d\n", held);
    char who[64];
    (void)snprintf(who, sizeof who, "telegram:%lld", owner->telegram);
    authority(w, "CONSENT-7", "consent", "form 7", who, "telegram_export");
    err = save(w, "evidence/telegram_export/result.json", &b);
    lm_buf_free(&b);
    return err;
}

/* --- Facebook: one dealer's download; people are display names only --- */

/* The export writes every byte of UTF-8 as a code point of its own. */
static void mojibake(struct lm_json_out *o, const char *key, const char *z)
{
    char out[1024];
    size_t n = 0;
    for (const unsigned char *p = (const unsigned char *)z; *p != 0 && n + 4 < sizeof out; p++)
        n += lm_utf8_encode(*p, out + n);
    lm_json_kv_str(o, key, (struct lm_str){ out, n });
}

static lm_err facebook_thread(struct world *w, const struct sim_person *owner, const struct sim_person *other, int n)
{
    struct lm_buf b;
    struct lm_json_out o;
    char folder[256], path[320], thread[64];
    int counts[2] = { 0, 0 };
    (void)snprintf(thread, sizeof thread, "customer_%d", other->id);
    (void)snprintf(folder, sizeof folder, "evidence/facebook_download/your_facebook_activity/messages/inbox/%s", thread);
    lm_err err = make_folder(w, folder);
    if (err != LM_OK)
        return err;
    lm_buf_init(&b, FILE_CEILING);
    lm_json_out_init(&o, &b);
    lm_json_object(&o);
    lm_json_key(&o, "participants");
    lm_json_array(&o);
    for (int i = 0; i < 2; i++) {
        lm_json_object(&o);
        mojibake(&o, "name", i == 0 ? other->name : owner->name);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_json_key(&o, "messages");
    lm_json_array(&o);
    int64_t ms = (period_start_us + 350 * LM_DAY_US) / 1000;
    for (int i = 0; i < n; i++) { /* newest first */
        ms -= 1000 * (600 + (int64_t)lm_rng_below(&w->rng, 86400 * 300 / (uint64_t)n));
        bool mine = lm_rng_below(&w->rng, 2) == 0;
        counts[mine ? 0 : 1]++;
        lm_json_object(&o);
        mojibake(&o, "sender_name", mine ? owner->name : other->name);
        lm_json_kv_i64(&o, "timestamp_ms", ms);
        mojibake(&o, "content", phrase(w));
        lm_json_kv_bool(&o, "is_geoblocked_for_viewer", false);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    mojibake(&o, "title", other->name);
    lm_json_kv_bool(&o, "is_still_participant", true);
    (void)snprintf(path, sizeof path, "inbox/%s", thread);
    lm_json_kv_z(&o, "thread_path", path);
    lm_json_key(&o, "magic_words");
    lm_json_array(&o);
    lm_json_array_end(&o);
    lm_json_object_end(&o);
    (void)snprintf(path, sizeof path, "%s/message_1.json", folder);
    truth(w, "facebook_download", owner, other, counts[0]);
    truth(w, "facebook_download", other, owner, counts[1]);
    err = save(w, path, &b);
    lm_buf_free(&b);
    return err;
}

static lm_err facebook_download(struct world *w, int owner_id)
{
    lm_err err = LM_OK;
    for (int i = 0; err == LM_OK && i < w->n_people; i++)
        if (w->people[i].supplier == owner_id)
            err = facebook_thread(w, &w->people[owner_id], &w->people[i], 20 + (int)lm_rng_below(&w->rng, 30));
    lm_buf_put(&w->held, LM_STR("facebook_download,0\n"));
    char who[128];
    (void)snprintf(who, sizeof who, "facebook:dealer.%d=%s", owner_id, w->people[owner_id].name);
    authority(w, "SW-22-0110", "search_warrant", "22-mj-0110", who, "facebook_download");
    return err;
}

/* --- the agencies' own tables --- */

static lm_err table(struct world *w, const char *name, struct lm_buf *b)
{
    char path[256];
    (void)snprintf(path, sizeof path, "evidence/agency/%s.csv", name);
    return save(w, path, b);
}

static void day_text(struct world *w, char out[LM_WHEN_TEXT])
{
    (void)lm_day_format((int32_t)(moment(w) / LM_DAY_US), out);
}

static lm_err seizures(struct world *w, struct lm_buf *b)
{
    char day[LM_WHEN_TEXT];
    struct lm_buf twice;
    lm_buf_init(&twice, FILE_CEILING);
    lm_buf_put(&twice, LM_STR("seizure,first_agency,second_agency\n"));
    lm_buf_put(b, LM_STR("seizure_id,investigation,agency,division,city,state,date,drug,form,quantity,unit,qualifier,"
                         "exhibit_number\n"));
    for (int i = 0; i < 18; i++) {
        const struct sim_city *c = &sim_cities[i % SIM_CITIES];
        int what = (int)lm_rng_below(&w->rng, 3);
        day_text(w, day);
        char row[256];
        (void)snprintf(row, sizeof row, "LM-INV-%d,%%s,%s,%s,%s,%s,%s,%s,%s,exact,EX-%03d", i % 6 + 1, c->division, c->name,
                       c->state, day,
                       what == 0   ? "fentanyl,pills"
                       : what == 1 ? "fentanyl,powder"
                                   : "methamphetamine,crystal",
                       what == 0   ? "12000"
                       : what == 1 ? "2.5"
                                   : "31.4",
                       what == 0   ? "pills"
                       : what == 1 ? "lb"
                                   : "kg",
                       100 + i);
        const char *at = strstr(row, "%s");
        lm_buf_printf(b, "SZ-%03d,%.*sDEA%s\n", i + 1, (int)(at - row), row, at + 2);
        if (i % 6 == 2) { /* the county claims the same bag */
            lm_buf_printf(b, "CO-%03d,%.*sCounty Task Force%s\n", i + 1, (int)(at - row), row, at + 2);
            lm_buf_printf(&twice, "SZ-%03d,DEA,County Task Force\n", i + 1);
        }
    }
    lm_err err = save(w, "truth/claimed_twice.csv", &twice);
    lm_buf_free(&twice);
    return err == LM_OK ? table(w, "seizures", b) : err;
}

static lm_err investigations(struct world *w, struct lm_buf *b)
{
    static const char *const platforms[] = { "facebook;whatsapp", "telegram", "instagram;snapchat", "signal", "",
                                             "facebook;telegram;tiktok" };
    lm_buf_put(b, LM_STR("investigation,title,agency,division,city,state,opened,cartel,platforms,social_media,encrypted,"
                         "operation\n"));
    for (int i = 0; i < 6; i++) {
        const struct sim_city *c = &sim_cities[i % SIM_CITIES];
        bool social = i == 0 || i == 2 || i == 5, encrypted = i == 0 || i == 1 || i == 3 || i == 5;
        lm_buf_printf(b, "LM-INV-%d,Sample case %d,DEA,%s,%s,%s,2022-05-%02d,%s,%s,%s,%s,Sample\n", i + 1, i + 1, c->division,
                      c->name, c->state, 2 + i, i % 3 == 2 ? "Jalisco" : "Sinaloa", platforms[i], social ? "yes" : "no",
                      encrypted ? "yes" : "no");
    }
    return table(w, "investigations", b);
}

static lm_err other_tables(struct world *w, struct lm_buf *b)
{
    char day[LM_WHEN_TEXT];
    lm_err err;
    lm_buf_put(b, LM_STR("arrest_id,investigation,agency,division,city,state,date,charge\n"));
    for (int i = 0; i < 11; i++) {
        const struct sim_city *c = &sim_cities[i % SIM_CITIES];
        day_text(w, day);
        lm_buf_printf(b, "AR-%02d,LM-INV-%d,DEA,%s,%s,%s,%s,21 USC 841\n", i + 1, i % 6 + 1, c->division, c->name, c->state, day);
    }
    if ((err = table(w, "arrests", b)) != LM_OK)
        return err;
    lm_buf_put(b, LM_STR("firearm_id,investigation,agency,division,city,state,date,kind,count\n"));
    for (int i = 0; i < 5; i++) {
        const struct sim_city *c = &sim_cities[i % SIM_CITIES];
        day_text(w, day);
        lm_buf_printf(b, "FA-%02d,LM-INV-%d,DEA,%s,%s,%s,%s,%s,1\n", i + 1, i % 6 + 1, c->division, c->name, c->state, day,
                      i % 2 == 0 ? "handgun" : "rifle");
    }
    if ((err = table(w, "firearms", b)) != LM_OK)
        return err;
    lm_buf_put(b, LM_STR("money_id,investigation,agency,division,city,state,date,kind,amount,unit,qualifier\n"));
    for (int i = 0; i < 4; i++) {
        const struct sim_city *c = &sim_cities[i % SIM_CITIES];
        day_text(w, day);
        lm_buf_printf(b, "MO-%02d,LM-INV-%d,DEA,%s,%s,%s,%s,%s,\"%d,%03d.00\",USD,exact\n", i + 1, i % 6 + 1, c->division,
                      c->name, c->state, day, i < 3 ? "currency" : "assets", 20 + i * 11, 100 + i * 7);
    }
    if ((err = table(w, "money", b)) != LM_OK)
        return err;
    lm_buf_put(b, LM_STR("result_id,seizure_id,investigation,agency,date,drug,form,net_quantity,net_unit,purity_percent,"
                         "mg_per_pill,profile_id\n"
                         "LR-01,SZ-001,LM-INV-1,DEA,2022-09-12,fentanyl,pills,,,,1.9,P-17\n"));
    if ((err = table(w, "lab_results", b)) != LM_OK)
        return err;
    lm_buf_put(b, LM_STR("overdose_id,investigation,agency,division,city,state,date,fatal,seizure_id,finding\n"
                         "OD-01,LM-INV-1,County Task Force,Rocky Mountain,Denver,CO,2022-08-14,yes,SZ-001,"
                         "medical examiner: fentanyl\n"
                         "OD-02,LM-INV-2,El Paso Police,El Paso,El Paso,TX,2022-10-02,no,,naloxone given\n"));
    return table(w, "overdoses", b);
}

static lm_err persons(struct world *w, struct lm_buf *b)
{
    lm_buf_put(b, LM_STR("id,name,role,city,supplier,phone,telegram\n"));
    for (int i = 0; i < w->n_people; i++) {
        const struct sim_person *p = &w->people[i];
        lm_buf_printf(b, "%d,%s,%s,%s,%d,%s,%lld\n", p->id, p->name, sim_role_word(p->role), sim_cities[p->city].name,
                      p->supplier, p->phone, p->telegram);
    }
    return save(w, "truth/persons.csv", b);
}

static lm_err write_all(struct world *w, struct lm_buf *b)
{
    lm_err err = make_folder(w, "evidence/agency");
    if (err == LM_OK)
        err = make_folder(w, "truth");
    if (err == LM_OK)
        err = persons(w, b);
    if (err == LM_OK)
        err = whatsapp_phone(w, 2);
    if (err == LM_OK)
        err = whatsapp_phone(w, 3);
    if (err == LM_OK)
        err = telegram_export(w, 4);
    if (err == LM_OK)
        err = facebook_download(w, 6);
    if (err == LM_OK)
        err = investigations(w, b);
    if (err == LM_OK)
        err = seizures(w, b);
    if (err == LM_OK)
        err = other_tables(w, b);
    authority(w, "OWN-1", "own_records", "agency tables", "", "agency");
    if (err == LM_OK)
        err = save(w, "authorities.csv", &w->authorities);
    if (err == LM_OK)
        err = save(w, "truth/messages.csv", &w->messages);
    if (err == LM_OK)
        err = save(w, "truth/held.csv", &w->held);
    return err;
}

lm_err lm_simulate_operation(const char *folder, uint64_t seed, struct lm_error *e)
{
    struct world w = { .folder = folder, .e = e, .rng = { seed } };
    struct stat st;
    char evidence[4096];
    (void)snprintf(evidence, sizeof evidence, "%s/evidence", folder);
    if (stat(evidence, &st) == 0)
        return lm_fail(e, LM_EEXIST, "%s is there already: give an empty folder", evidence);
    struct lm_buf b;
    lm_buf_init(&b, FILE_CEILING);
    lm_buf_init(&w.authorities, FILE_CEILING);
    lm_buf_init(&w.messages, FILE_CEILING);
    lm_buf_init(&w.held, FILE_CEILING);
    lm_buf_put(&w.authorities, LM_STR("id,kind,reach,number,court,from,to,owner,path\n"));
    lm_buf_put(&w.messages, LM_STR("exhibit,from,to,count\n"));
    lm_buf_put(&w.held, LM_STR("exhibit,records\n"));
    w.n_people = sim_make_people(&w.rng, w.people);
    lm_err err = write_all(&w, &b);
    lm_buf_free(&b);
    lm_buf_free(&w.authorities);
    lm_buf_free(&w.messages);
    lm_buf_free(&w.held);
    return err;
}
