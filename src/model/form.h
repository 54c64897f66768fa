/* form.h - the normal form of an identifier: what it is, how it is written, by which keys it is found, and
 * what is doubtful about it.
 *
 * One question, lm_form_of(kind, raw), for every kind of identifier; each answer is about the text alone,
 * never about who uses it.
 *
 *   key       equal keys (of equal kind, and of equal platform for handles and account ids): the same
 * identifier in two spellings wide      equal wide keys: probably related, a reason to propose and nothing
 * more; empty when there is none latin     Latin key of the text (fold.h), for what people read aloud; names,
 * monikers, addresses, handles, mailboxes skeleton  look-alike key of the text (fold.h), for what imitates;
 * handles, mailboxes. Never compared with a Latin key.
 *
 * Answers:  LM_FORM_VALID     in the form of its kind, check digit and range included where there are any
 *           LM_FORM_DOUBTFUL  kept and found by its key; the reason says what is wrong or unknown
 *           LM_FORM_REFUSED   not of this kind, or a word that stands for "nothing known"; no key
 * What a form is worth is in its flags: one with LM_FORM_NEVER_ALONE or LM_FORM_SHARED must not join two
 * records by itself.
 *
 * kind          standard or source                                       key wide phone         E.164, RFC
 * 3966; libphonenumber's metadata; MX, AR, BR   selector.h's phone key            last 7 digits; none for
 * short codes email         RFC 5321, 5322, 6531; UTS 46; form_email.c (providers)   mailbox: tag and dots
 * dropped     local part without tag and dots handle        form_handle.c, one rule per platform with its
 * source     lower case, without @; Facebook   letters and digits only, digits at without dots the end
 * dropped (four letters left) account_id    form_handle.c (UUID: RFC 9562) platform's own id imei 3GPP
 * TS 23.003 6.2; check digit Luhn (ISO/IEC 7812-1)    the first 14 digits               type allocation code,
 * 8 digits imsi          ITU-T E.212; 3GPP TS 23.003 2.2                          15 digits iccid ITU-T
 * E.118, Luhn                                        digits without the check digit meid          3GPP2
 * S.R0048-A, hexadecimal Luhn                        14 hexadecimal digits mac           IEEE 802 (EUI-48,
 * EUI-64)                                lower case without separators     the first 6 digits (maker) serial
 * -                                                        upper case letters and digits android_id    16
 * hexadecimal digits                                    lower case, zeros in front ad_id         IDFA, GAID:
 * RFC 9562                                     lower case UUID device        any of the above, told by its
 * form ip            RFC 791, 4291, 5952; ranges: IANA special registries     RFC 5952 text IPv6: its /64;
 * mapped: as IPv4 cashtag       Cash App help, "Cashtags"                                "$name" lower case
 * venmo         Venmo help (5 to 30 letters, digits, "-", "_")           "@name" lower case without "-" and
 * "_" coin          BIP 13, 173, 350; ERC-55; Monero's base58; coin.h        the address EIP-55: none, case
 * is its check payment       any of the three, or a phone or mailbox (Zelle)          of what it turns out to
 * be plate         region + letters and digits                              "TX:ABC1234", or ":ABC1234"
 * without region; O and 0, I and 1 alike vin           49 CFR 565.15, ISO 3779 17 characters maker and year:
 * first 8, 10th address       USPS Publication 28; address.h                           every part number,
 * street, ZIP or city birth_date    ISO 8601 and usual spellings; birth.h                    "1990-05-04",
 * "1990-05", "1990"   the other reading name          name.h lm_name_key                       lm_name_bag
 * moniker       -                                                        Latin key without article
 *
 * memory    everything in ret lives in a, or is a slice of raw
 * cost      1 to 20 us; LM_FORM_KEYS_ONLY leaves out latin, skeleton and the look-up of number ranges
 * errors    LM_ENOMEM only; ret untouched
 * test      tests/unit/test_form.c, tests/unit/test_form_device.c; tests/compat/test_identity_forms.c;
 * fuzz/fuzz_identity_forms.c
 */
#ifndef LM_MODEL_FORM_H
#define LM_MODEL_FORM_H

#include "model/fold.h"
#include "model/when.h"
#include "model/words.h"

enum lm_form_standing { LM_FORM_VALID, LM_FORM_DOUBTFUL, LM_FORM_REFUSED };

enum {                           /* bits of lm_form.flags */
       LM_FORM_CHECKED = 1 << 0, /* a check digit or checksum was there and fits */
       LM_FORM_NEVER_ALONE =
           1 << 1,              /* identifies nobody by itself: a moniker, a private address, a short code */
       LM_FORM_SHARED = 1 << 2, /* made for several users: carrier-grade NAT, a role mailbox */
       LM_FORM_SHORT_CODE = 1 << 3, /* phone: a service, not a subscriber */
       LM_FORM_REGION_TAKEN =
           1
           << 4, /* phone: written without a country, that of the context was taken; plate: of the context */
       LM_FORM_KEY_WIDE =
           1 << 5, /* the key may stand for two: a Brazilian mobile number whose old form may be a landline */
       LM_FORM_RANDOM = 1 << 6, /* mac: locally administered, changes by itself */
       LM_FORM_CUT = 1 << 7,    /* longer than what is read */
};

/* What is known besides the text; all of it may be left at zero but day and port. */
struct lm_form_context {
    enum lm_platform platform; /* of a handle or account id */
    const char *region;        /* phones without country: ISO 3166-1 alpha-2; NULL: US */
    const char *plate_region;  /* plates without region: "TX"; NULL: unknown */
    int32_t day;   /* when the record was made, for ages and years of two digits; LM_DAY_NONE: unknown */
    unsigned wish; /* LM_FORM_KEYS_ONLY */
};
#define LM_FORM_KEYS_ONLY 1u
#define LM_FORM_CONTEXT_NONE ((struct lm_form_context){ .day = LM_DAY_NONE })

#define LM_FORM_DETAILS 3

struct lm_form {
    enum lm_form_kind
        kind; /* what it turned out to be: device, payment and links of platforms are told apart */
    enum lm_form_standing standing;
    enum lm_form_reason reason; /* LM_FORM_REASON_NONE when valid */
    enum lm_platform platform;  /* of a handle or account id */
    unsigned flags;
    struct lm_str raw;    /* as given: the caller's bytes */
    struct lm_str normal; /* as one would write it */
    struct lm_str key, wide, latin, skeleton;
    /* phone: extension. email: tag, domain. imei: software version. imsi: MCC, MNC (empty when both lengths
     * are possible), MSIN. ip: port, word for the range ("private", "carrier_nat", ...; empty: public). coin:
     * network. plate: region. */
    struct lm_str detail[LM_FORM_DETAILS];
};

/* f may be NULL: then no Latin and skeleton keys, and names, monikers and addresses are refused
 * (LM_FORM_REASON_NO_FOLD). */
lm_err lm_form_of(struct lm_arena *a, struct lm_fold *f, const struct lm_form_context *c,
                  enum lm_form_kind kind, struct lm_str raw, struct lm_form *ret);

/* Who was behind a shared address: "100.64.1.2:5060@2024-06-01T12:00:00Z", the address, the port and the second, which a carrier can
 * be asked about (RFC 6302). *ret is empty when ip has no port, or the moment no known zone. */
lm_err lm_ip_use_key(struct lm_arena *a, const struct lm_form *ip, const struct lm_when *at, struct lm_str *ret);

/* A word that stands for nothing known: "unknown", "n/a", "none", "null", "desconocido", "-". s is trimmed. */
bool lm_form_nothing(struct lm_str s);

/* For people: "the check digit does not fit". */
const char *lm_form_reason_said(enum lm_form_reason r);

#endif
