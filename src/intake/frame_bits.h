/* frame_bits.h - what the two sides of frame.h must agree on. */
#ifndef LM_INTAKE_FRAME_BITS_H
#define LM_INTAKE_FRAME_BITS_H

/* Members of an event that are in the frame. */
enum {
    HAS_NATIVE_ID = 1 << 0,
    HAS_DETAIL = 1 << 1,
    HAS_THREAD = 1 << 2,
    HAS_FROM = 1 << 3,
    HAS_TEXT = 1 << 4,
    HAS_DURATION = 1 << 5,
    HAS_AMOUNT = 1 << 6,
    HAS_REPLY_TO = 1 << 7,
    HAS_PLACE = 1 << 8,
    HAS_RAW = 1 << 9,
    HAS_TO = 1 << 10,
    HAS_ATTACHMENTS = 1 << 11,
    HAS_REACTIONS = 1 << 12,
    HAS_EDITS = 1 << 13,
    HAS_ALL = (1 << 14) - 1,
};

/* The texts of an operation row, and where they stand, in the order of their bits. */
#define OP_ROW_TEXTS(r) { (r)->id, (r)->investigation, (r)->operation, (r)->agency, (r)->division, (r)->city,     \
                          (r)->state, (r)->drug, (r)->form, (r)->kind, (r)->seizure, (r)->profile,                 \
                          (r)->exhibit_number, (r)->cartel, (r)->note }
#define OP_ROW_TEXT_PLACES(r) { &(r)->id, &(r)->investigation, &(r)->operation, &(r)->agency, &(r)->division,      \
                                &(r)->city, &(r)->state, &(r)->drug, &(r)->form, &(r)->kind, &(r)->seizure,        \
                                &(r)->profile, &(r)->exhibit_number, &(r)->cartel, &(r)->note }
#endif
