/* return_made.h - made-up legal returns of a given size for the benches, the same bytes every time. */
#ifndef LM_BENCH_RETURN_MADE_H
#define LM_BENCH_RETURN_MADE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t made_below(uint64_t *s, uint64_t n)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return (*s * 0x2545f4914f6cdd1du >> 11) % n;
}

static void made_field(FILE *f, const char *label, const char *value)
{
    fprintf(f, "<div class=\"t o\"><div class=\"t i\">%s<div class=\"m\"><div>%s<div class=\"p\"></div></div></div></div></div>", label, value);
}

static void made_time(char out[32], unsigned long long t)
{
    (void)snprintf(out, 32, "2023-%02llu-%02llu %02llu:%02llu:%02llu UTC", t / 2592000 % 12 + 1, t / 86400 % 28 + 1, t / 3600 % 24,
                   t / 60 % 60, t % 60);
}

static void made_head(FILE *f, const char *title, const char *service)
{
    fprintf(f, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"/><title>%s</title><style>.t{display:table}</style></head><body>"
               "<div class=\"header\">%s</div><div id=\"property-request_parameters\" class=\"content-pane\">", title, title);
    made_field(f, "Service", service);
    made_field(f, "Target", "5550100");
    made_field(f, "Account Identifier", "owner.sample");
    made_field(f, "Generated", "2024-01-01 00:00:00 UTC");
    fprintf(f, "</div>");
}

static inline void made_page(FILE *f, uint64_t *s, unsigned long k)
{
    if (made_below(s, 9) == 0)
        fprintf(f, "<div class=\"pageBreak\">Meta Platforms Business Record<span>Page %lu</span></div>", k / 9);
}

static inline void made_meta_message(FILE *f, uint64_t *s, unsigned long k)
{
    static const char *const texts[] = { "ok", "on my way, ten minutes", "&iquest;a qu&eacute; hora llegas ma\xc3\xb1" "ana?", "jaja s\xc3\xad \xf0\x9f\x98\x82",
                                         "the usual place then", "I said &quot;later&quot;, not now", "call me on 202-555-0142 when you are there" };
    char value[160], at[32];
    made_time(at, 37 * k);
    (void)snprintf(value, sizeof value, "person%02u (instagram: 55502%02u)", (unsigned)(k % 37), (unsigned)(k % 37));
    made_field(f, "Author", value);
    made_page(f, s, k);
    made_field(f, "Sent", at);
    made_field(f, "Body", texts[made_below(s, sizeof texts / sizeof *texts)]);
    if (made_below(s, 12) == 0) {
        fprintf(f, "<div class=\"t o\"><div class=\"t i\">Attachments<div class=\"m\"><div>photo_%lu<div class=\"p\"></div>", k);
        made_field(f, "Type", "image/jpeg");
        made_field(f, "Size", "52113");
        made_field(f, "URL", "https://example.org/a?b=1&amp;c=2");
        fprintf(f, "</div></div></div></div>");
    }
}

static inline bool made_meta_return(FILE *f, long bytes)
{
    uint64_t s = 20240301;
    unsigned long k = 0;
    char value[160];
    made_head(f, "Meta Platforms Business Record", "Instagram");
    fprintf(f, "<div id=\"property-unified_messages\" class=\"content-pane\">");
    for (unsigned thread = 0; ftell(f) < bytes; thread++) {
        (void)snprintf(value, sizeof value, "Sample (77%06u)", thread);
        made_field(f, "Thread", value);
        (void)snprintf(value, sizeof value, "owner.sample (instagram: 5550100), person%02u (instagram: 55502%02u)", thread % 37, thread % 37);
        made_field(f, "Current Participants", value);
        for (unsigned i = 0; i < 500 && ftell(f) < bytes; i++)
            made_meta_message(f, &s, ++k);
    }
    fprintf(f, "</div></body></html>");
    return fflush(f) == 0 && !ferror(f);
}

/* --- WhatsApp: messages, and every eighth time a call --- */

static inline void made_open(FILE *f, const char *label)
{
    fprintf(f, "<div class=\"t o\"><div class=\"t i\">%s<div class=\"m\"><div>", label);
}

static inline void made_close(FILE *f)
{
    fprintf(f, "<div class=\"p\"></div></div></div></div></div>");
}

static inline void made_message(FILE *f, unsigned long k)
{
    char value[64], at[32];
    made_time(at, 37 * k);
    made_open(f, "Message");
    made_field(f, "Timestamp", at);
    (void)snprintf(value, sizeof value, "5550%012lX", k);
    made_field(f, "Message Id", value);
    made_field(f, "Sender", "13035550100");
    (void)snprintf(value, sizeof value, "130355501%02lu", k % 37 + 1);
    made_field(f, "Recipients", value);
    made_field(f, "Sender Ip", "192.0.2.20");
    made_field(f, "Sender Port", "50123");
    made_field(f, "Sender Device", "android");
    made_field(f, "Type", "text");
    made_field(f, "Message Style", "individual");
    made_field(f, "Message Size", "48");
    made_close(f);
}

static inline void made_call(FILE *f, unsigned long k)
{
    static const char *const types[] = { "offer", "accept", "terminate" };
    char value[64], at[32];
    made_open(f, "Call");
    (void)snprintf(value, sizeof value, "5550CA%010lX", k);
    made_field(f, "Call Id", value);
    made_field(f, "Call Creator", "13035550101");
    for (unsigned long i = 0; i < 3; i++) {
        made_time(at, 37 * k + 10 * i);
        made_open(f, "Events");
        made_field(f, "Type", types[i]);
        made_field(f, "Timestamp", at);
        made_field(f, "From", "13035550101");
        made_field(f, "To", "13035550100");
        made_field(f, "From Ip", "192.0.2.30");
        made_field(f, "From Port", "3478");
        made_close(f);
    }
    made_close(f);
}

static inline bool made_whatsapp_return(FILE *f, long bytes)
{
    unsigned long k = 0;
    made_head(f, "WhatsApp Business Record", "WhatsApp");
    fprintf(f, "<div id=\"property-message_log\" class=\"content-pane\">");
    while (ftell(f) < bytes / 10 * 8)
        made_message(f, ++k);
    fprintf(f, "</div><div id=\"property-call_logs\" class=\"content-pane\">");
    while (ftell(f) < bytes)
        made_call(f, ++k);
    fprintf(f, "</div></body></html>");
    return fflush(f) == 0 && !ferror(f);
}

#endif
