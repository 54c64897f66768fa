/* return_made.h - a made-up legal return of a given size for bench_html, the same bytes every time. */
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

#endif
