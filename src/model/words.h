/* words.h - the closed vocabularies, each with the one spelling used in files, JSON and SQL.
 *
 * An enum, its table of words, lm_<x>_word() and lm_<x>_parse() come from one list, so they cannot
 * drift apart. Words are compared without regard to ASCII case. Meanings: the law and operation
 * vocabularies of the design; authority kinds after 18 U.S.C. 2510-2523, 2701-2713, 3121-3127.
 */
#ifndef LM_MODEL_WORDS_H
#define LM_MODEL_WORDS_H

#include <stdbool.h>

#include "base/str.h"

#define LM_PLATFORMS(X)                                                                                      \
    X(NONE, "none") X(FACEBOOK, "facebook") X(INSTAGRAM, "instagram") X(TIKTOK, "tiktok")                    \
    X(SNAPCHAT, "snapchat") X(WHATSAPP, "whatsapp") X(TELEGRAM, "telegram") X(SIGNAL, "signal")              \
    X(WIRE, "wire") X(WICKR, "wickr") X(PHONE, "phone") X(EMAIL, "email") X(OTHER, "other")

#define LM_EVENT_KINDS(X)                                                                                    \
    X(MESSAGE, "message") X(CALL, "call") X(LOGIN, "login") X(PAYMENT, "payment")                            \
    X(CONTACT_ADDED, "contact_added") X(GROUP_CHANGE, "group_change") X(LOCATION, "location")                \
    X(OTHER, "other")

/* What is particular about an event; the bit of each is in fact.h, its place here is stored. */
#define LM_EVENT_FLAGS(X)                                                                                    \
    X(SYSTEM, "system") X(DELETED, "deleted") X(EDITED, "edited") X(ATTEMPT, "attempt")                      \
    X(FORWARDED, "forwarded") X(MEMBERS_UNKNOWN, "members_unknown") X(HEADER_IN_BODY, "header_in_body")      \
    X(PAYMENT_HINT, "payment_hint") X(TRAFFIC, "traffic") X(CELL_SITE, "cell_site")

#define LM_THREAD_KINDS(X) X(UNKNOWN, "unknown") X(DIRECT, "direct") X(GROUP, "group") X(CHANNEL, "channel")

#define LM_AUTHORITY_KINDS(X)                                                                                \
    X(SEARCH_WARRANT, "search_warrant") X(D_ORDER, "d_order")                                                \
    X(GRAND_JURY_SUBPOENA, "grand_jury_subpoena") X(ADMIN_SUBPOENA, "admin_subpoena")                        \
    X(PEN_TRAP, "pen_trap") X(TITLE_III, "title_iii") X(CONSENT, "consent") X(EXIGENT, "exigent")            \
    X(OWN_RECORDS, "own_records") X(OPEN_SOURCE, "open_source") X(AREA_REQUEST, "area_request")

/* What an authority reaches, widest first; a wider reach includes the narrower ones, location apart. */
#define LM_REACHES(X)                                                                                        \
    X(CONTENT, "content") X(NON_CONTENT, "non_content") X(SUBSCRIBER, "subscriber") X(LOCATION, "location")

#define LM_QUALIFIERS(X)                                                                                     \
    X(EXACT, "exact") X(NEARLY, "nearly") X(ABOUT, "about") X(MORE_THAN, "more_than") X(AT_LEAST, "at_least")

#define LM_UNITS(X)                                                                                          \
    X(NONE, "none") X(LB, "lb") X(KG, "kg") X(OZ, "oz") X(G, "g") X(MG, "mg") X(PILLS, "pills")              \
    X(USD, "USD") X(COUNT, "count") X(DOSES, "doses")

#define LM_IDENTIFIER_TYPES(X)                                                                               \
    X(PHONE, "phone") X(EMAIL, "email") X(HANDLE, "handle") X(NAME, "name") X(ACCOUNT_ID, "account_id")      \
    X(IP, "ip") X(DEVICE, "device")

/* How well the moment of a row is known. */
#define LM_TIME_QUALITIES(X)                                                                                 \
    X(NONE, "none")   /* the row has no time */                                                              \
    X(UTC, "utc")     /* the source states UTC or an epoch */                                                \
    X(ZONE, "zone")   /* wall clock plus an offset that the source or a person states */                     \
    X(LOCAL, "local") /* wall clock, zone unknown: an interval of -12 h … +14 h */

/* What became of an event between two ends; told from it by lm_event_outcome (outcome.h). Never added together. */
#define LM_EVENT_OUTCOMES(X)                                                                                 \
    X(TOOK_PLACE, "took_place") X(ATTEMPT, "attempt") X(VOICEMAIL, "voicemail") X(FORWARDED, "forwarded")

/* How strong a link is, strongest first: a record says so; a person says so, graded; inferred. */
#define LM_LINK_CLASSES(X) X(EVIDENCED, "evidenced") X(REPORTED, "reported") X(MACHINE, "machine")

/* Why an identifier is said to be a person's. */
#define LM_ATTRIBUTION_BASES(X)                                                                              \
    X(SUBSCRIBER_RECORD, "subscriber_record") X(OWN_CONTACT_CARD, "own_contact_card")                        \
    X(OTHERS_CONTACT_CARDS, "others_contact_cards") X(LOGIN, "login") X(PERSONS_WORD, "persons_word")

/* The program alone proposes; a person decides or refuses. */
#define LM_ATTRIBUTION_STATES(X) X(PROPOSED, "proposed") X(DECIDED, "decided") X(REFUSED, "refused")

/* Why two accounts are said to be one person's: the same number is the own number of both; they used one SIM; what is known of both is
 * more alike than chance would have it. */
#define LM_IDENTITY_KINDS(X) X(ACCOUNT_NUMBER, "account_number") X(SIM, "sim") X(LIKENESS, "likeness")

/* A person's word about two accounts. */
#define LM_IDENTITY_VERDICTS(X) X(SAME, "same") X(NOT_SAME, "not_same") X(UNSURE, "unsure")

#define LM_OP_TABLES(X)                                                                                      \
    X(INVESTIGATION, "investigation") X(SEIZURE, "seizure") X(LAB_RESULT, "lab_result")                      \
    X(FIREARM, "firearm") X(MONEY, "money") X(ARREST, "arrest") X(OVERDOSE, "overdose")                      \
    X(CHARGE, "charge") X(PILL_PRESS, "pill_press") X(ORGANIZATION, "organization")                          \
    X(FIREARM_LINK, "firearm_link")

/* What HIDTA counts of an organisation, each its own measure; a person says so. */
#define LM_ORG_MEASURES(X)                                                                                       \
    X(IDENTIFIED, "identified") X(TARGETED, "targeted") X(DISRUPTED, "disrupted") X(DISMANTLED, "dismantled")
#define LM_ORG_SCOPES(X) X(LOCAL, "local") X(MULTI_STATE, "multi_state") X(INTERNATIONAL, "international")

/* What is said of a firearm, three different things: NIBIN's lead is not confirmed, its hit is; eTrace names who first
 * bought it at retail, which is not who had it. */
#define LM_FIREARM_LINKS(X)                                                                                  \
    X(NIBIN_LEAD, "nibin_lead") X(NIBIN_HIT, "nibin_hit") X(FIRST_PURCHASER, "first_purchaser")

/* What an identifier is (form.h); device and payment stand for any of theirs. */
#define LM_FORM_KINDS(X)                                                                                     \
    X(PHONE, "phone") X(EMAIL, "email") X(HANDLE, "handle") X(ACCOUNT_ID, "account_id") X(IMEI, "imei")      \
    X(IMSI, "imsi") X(ICCID, "iccid") X(MEID, "meid") X(MAC, "mac") X(SERIAL, "serial")                      \
    X(ANDROID_ID, "android_id") X(AD_ID, "ad_id") X(DEVICE, "device") X(IP, "ip") X(CASHTAG, "cashtag")      \
    X(VENMO, "venmo") X(COIN, "coin") X(PAYMENT, "payment") X(PLATE, "plate") X(VIN, "vin")                  \
    X(ADDRESS, "address") X(BIRTH_DATE, "birth_date") X(NAME, "name") X(MONIKER, "moniker")

/* Why a form is doubted or refused; the sentences for people are in form.c. */
#define LM_FORM_REASONS(X)                                                                                   \
    X(NONE, "none") X(EMPTY, "empty") X(NOT_THIS, "not_this") X(WITHHELD, "withheld")                        \
    X(PLACEHOLDER, "placeholder") X(DIGITS_LOST, "digits_lost") X(CHECK_DIGIT, "check_digit")                \
    X(NO_CHECK, "no_check") X(LENGTH, "length") X(CHARACTERS, "characters") X(RANGE, "range")                \
    X(NO_AREA_CODE, "no_area_code") X(SERVICE_CODE, "service_code") X(RESERVED, "reserved")                  \
    X(KNOWN_COPY, "known_copy") X(TWO_READINGS, "two_readings") X(INCOMPLETE, "incomplete")                  \
    X(FUTURE, "future") X(REPAIRED, "repaired") X(NO_FOLD, "no_fold")

#define LM_WORD_ENUM(name, list, prefix)                                                                     \
    enum name { list(prefix) };

#define LM_E_PLATFORM(id, word) LM_PLATFORM_##id,
#define LM_E_EVENT(id, word) LM_EVENT_##id,
#define LM_E_FLAG(id, word) LM_EVENT_FLAG_##id,
#define LM_E_THREAD(id, word) LM_THREAD_##id,
#define LM_E_AUTHORITY(id, word) LM_AUTHORITY_##id,
#define LM_E_REACH(id, word) LM_REACH_##id,
#define LM_E_QUALIFIER(id, word) LM_QUALIFIER_##id,
#define LM_E_UNIT(id, word) LM_UNIT_##id,
#define LM_E_IDENTIFIER(id, word) LM_IDENTIFIER_##id,
#define LM_E_TIME(id, word) LM_TIME_##id,
#define LM_E_OP(id, word) LM_OP_##id,
#define LM_E_ORG_MEASURE(id, word) LM_ORG_MEASURE_##id,
#define LM_E_ORG_SCOPE(id, word) LM_ORG_SCOPE_##id,
#define LM_E_FIREARM_LINK(id, word) LM_FIREARM_LINK_##id,
#define LM_E_OUTCOME(id, word) LM_OUTCOME_##id,
#define LM_E_LINK(id, word) LM_LINK_##id,
#define LM_E_BASIS(id, word) LM_BASIS_##id,
#define LM_E_ATTRIBUTION(id, word) LM_ATTRIBUTION_##id,
#define LM_E_IDENTITY(id, word) LM_IDENTITY_##id,
#define LM_E_VERDICT(id, word) LM_VERDICT_##id,
#define LM_E_FORM(id, word) LM_FORM_##id,
#define LM_E_FORM_REASON(id, word) LM_FORM_REASON_##id,

LM_WORD_ENUM(lm_platform, LM_PLATFORMS, LM_E_PLATFORM)
LM_WORD_ENUM(lm_event_kind, LM_EVENT_KINDS, LM_E_EVENT)
LM_WORD_ENUM(lm_event_flag, LM_EVENT_FLAGS, LM_E_FLAG)
LM_WORD_ENUM(lm_thread_kind, LM_THREAD_KINDS, LM_E_THREAD)
LM_WORD_ENUM(lm_authority_kind, LM_AUTHORITY_KINDS, LM_E_AUTHORITY)
LM_WORD_ENUM(lm_reach, LM_REACHES, LM_E_REACH)
LM_WORD_ENUM(lm_qualifier, LM_QUALIFIERS, LM_E_QUALIFIER)
LM_WORD_ENUM(lm_unit, LM_UNITS, LM_E_UNIT)
LM_WORD_ENUM(lm_identifier_type, LM_IDENTIFIER_TYPES, LM_E_IDENTIFIER)
LM_WORD_ENUM(lm_time_quality, LM_TIME_QUALITIES, LM_E_TIME)
LM_WORD_ENUM(lm_op_table, LM_OP_TABLES, LM_E_OP)
enum { LM_OP_LAST = LM_OP_FIREARM_LINK }; /* of lm_op_table */
LM_WORD_ENUM(lm_org_measure, LM_ORG_MEASURES, LM_E_ORG_MEASURE)
LM_WORD_ENUM(lm_org_scope, LM_ORG_SCOPES, LM_E_ORG_SCOPE)
LM_WORD_ENUM(lm_firearm_link, LM_FIREARM_LINKS, LM_E_FIREARM_LINK)
LM_WORD_ENUM(lm_event_outcome, LM_EVENT_OUTCOMES, LM_E_OUTCOME)
LM_WORD_ENUM(lm_link_class, LM_LINK_CLASSES, LM_E_LINK)
LM_WORD_ENUM(lm_attribution_basis, LM_ATTRIBUTION_BASES, LM_E_BASIS)
LM_WORD_ENUM(lm_attribution_state, LM_ATTRIBUTION_STATES, LM_E_ATTRIBUTION)
LM_WORD_ENUM(lm_identity_kind, LM_IDENTITY_KINDS, LM_E_IDENTITY)
LM_WORD_ENUM(lm_identity_verdict, LM_IDENTITY_VERDICTS, LM_E_VERDICT)
LM_WORD_ENUM(lm_form_kind, LM_FORM_KINDS, LM_E_FORM)
LM_WORD_ENUM(lm_form_reason, LM_FORM_REASONS, LM_E_FORM_REASON)

/* lm_<x>_word: static text, "?" for a value outside the enum.
 * lm_<x>_parse: false when the word is not in the list; *ret then untouched.
 * lm_<x>_words: the list as one line for messages: "exact, nearly, about". */
#define LM_WORD_FUNCTIONS(name)                                                                              \
    const char *lm_##name##_word(enum lm_##name v);                                                          \
    bool lm_##name##_parse(struct lm_str word, enum lm_##name *ret);                                         \
    const char *lm_##name##_words(void);

LM_WORD_FUNCTIONS(platform)
LM_WORD_FUNCTIONS(event_kind)
LM_WORD_FUNCTIONS(event_flag)
LM_WORD_FUNCTIONS(thread_kind)
LM_WORD_FUNCTIONS(authority_kind)
LM_WORD_FUNCTIONS(reach)
LM_WORD_FUNCTIONS(qualifier)
LM_WORD_FUNCTIONS(unit)
LM_WORD_FUNCTIONS(identifier_type)
LM_WORD_FUNCTIONS(time_quality)
LM_WORD_FUNCTIONS(op_table)
LM_WORD_FUNCTIONS(org_measure)
LM_WORD_FUNCTIONS(org_scope)
LM_WORD_FUNCTIONS(firearm_link)
LM_WORD_FUNCTIONS(event_outcome)
LM_WORD_FUNCTIONS(link_class)
LM_WORD_FUNCTIONS(identity_kind)
LM_WORD_FUNCTIONS(identity_verdict)
LM_WORD_FUNCTIONS(attribution_basis)
LM_WORD_FUNCTIONS(attribution_state)
LM_WORD_FUNCTIONS(form_kind)
LM_WORD_FUNCTIONS(form_reason)

/* The same for people: "looks like two messages". NULL for what is not worth saying of each event (members_unknown). */
const char *lm_event_flag_said(enum lm_event_flag v);

/* For people, between a firearm and what it is linked to: ": NIBIN lead, not confirmed, to ". */
const char *lm_firearm_link_said(enum lm_firearm_link v);

/* The two overlapping flags of the operation: which platforms are social media, which are encrypted
 * communications (as the announcement of Operation Last Mile lists them). */
bool lm_platform_is_social(enum lm_platform p);
bool lm_platform_is_encrypted(enum lm_platform p);

#endif
