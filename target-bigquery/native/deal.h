/* Lines dealt out to their streams, almost without a look into their records. */

#ifndef DEAL_H
#define DEAL_H

#include "columns.h"
#include "envelope.h"

/* The lines of one stream. Those that follow one another stay where they are until lines of others come in between. */
typedef struct {
    Expected expected;
    const uint8_t *from, *to; /* the lines that followed one another last */
    const uint8_t *last;      /* the last line */
    Buffer lines;             /* copies of those before */
    Buffer numbers;           /* of all, 64 bits each */
} Pile;

typedef struct {
    Pile *piles;
    int32_t size;
    int32_t *table; /* a hash table of the streams' names, numbers from 1 */
    uint32_t mask;
    bool pass_states;             /* STATEs do not end the deal; */
    const uint8_t *state, *after; /* the last one that was passed, where it ends, */
    int64_t state_number;         /* and its number */
    int64_t number;               /* of the last line that was dealt */
    const uint8_t *at, *end;
} Deal;

/* A line whose envelope is being read. */
typedef struct {
    Pile *pile;
    const uint8_t *version; /* its value */
    int seen;
    bool record, state;
} Line;

static Pile *find_pile(const Deal *d, const Text *name) {
    uint32_t at = hash_of((const char *)name->start, name->size) & d->mask;
    for (; d->table[at]; at = (at + 1) & d->mask) {
        Pile *pile = &d->piles[d->table[at] - 1];
        if (is_text(name, pile->expected.stream, pile->expected.stream_size)) return pile;
    }
    return NULL;
}

/* Past a value of which only texts and brackets are looked at: whoever reads the line later looks at the rest. */
static bool pass_value(Reader *r) {
    Text text;
    int depth = 0;
    do {
        switch (*r->at) {
        case '\n': return false;
        case '"':
            if (!scan_text(r, &text)) return false;
            continue;
        case '{': case '[': depth++; break;
        case '}': case ']': depth--; break;
        }
        r->at++;
    } while (depth > 0 || (*r->at != ',' && *r->at != '}'));
    return depth == 0;
}

static bool look_at_member(Reader *r, const Deal *d, Line *line) {
    enum { UNKNOWN = 128 };
    Text text;
    bool doubtful = false;
    skip_space(r);
    if (!read_text(r, &text)) return false;
    const int member = member_of(&text);
    if (line->seen & member || !take(r, ':')) return false;
    line->seen |= member ? member : UNKNOWN;
    skip_space(r);
    switch (member) {
    case TYPE:
        if (!read_text(r, &text)) return false;
        line->record = is_text(&text, "RECORD", 6);
        line->state = d->pass_states && is_text(&text, "STATE", 5);
        return line->record || line->state;
    case STREAM: return read_text(r, &text) && (line->pile = find_pile(d, &text));
    case VERSION: line->version = r->at; return pass_value(r);
    case VALUE: return skip_value(r, 0, &doubtful); /* nobody reads a STATE that another one follows */
    default: return pass_value(r);
    }
}

static bool has_its_version(const Line *line, const uint8_t *end) {
    Reader version = {.at = line->version, .end = end};
    return line->version ? read_version(&version, &line->pile->expected) : !line->pile->expected.has_version;
}

/* Is it a record of a pile, or a STATE? Behind type and stream only the first line of a pile is looked at, unless
 * `closely`. */
static bool look_at_line(Reader *r, const Deal *d, bool closely, Line *line) {
    if (!take(r, '{')) return false;
    do {
        if (!look_at_member(r, d, line)) return false;
        if (line->record && line->pile && line->pile->last && !closely) return true;
    } while (take(r, ','));
    if (!take(r, '}')) return false;
    skip_space(r);
    if (*r->at != '\n') return false;
    return line->state ? line->seen == (TYPE | VALUE) : line->record && line->pile && has_its_version(line, r->end);
}

static bool look(Reader *r, const Deal *d, bool closely, Line *line) {
    const bool found = look_at_line(r, d, closely, line);
    free(r->scratch.data);
    return found;
}

/* What followed one another goes to the copies. */
static bool pick_up(Reader *r, Pile *pile) {
    const size_t size = (size_t)(pile->to - pile->from);
    pile->from = pile->to;
    return put(r, &pile->lines, pile->to - size, size);
}

static bool put_on(Reader *r, Deal *d, Pile *pile, const uint8_t *line, const uint8_t *end) {
    if (pile->to != line) {
        if (pile->last && !pick_up(r, pile)) return false;
        pile->from = line;
    }
    pile->to = end;
    pile->last = line;
    return put(r, &pile->numbers, &d->number, sizeof d->number);
}

/* Deal until a line is something else; whole lines, the last one too. */
static void deal_lines(Reader *memory, Deal *d, bool closely) {
    while (d->at < d->end) {
        Line line = {0};
        const uint8_t *start = d->at, *end = (const uint8_t *)memchr(start, '\n', (size_t)(d->end - start)) + 1;
        Reader r = {.at = start, .end = end};
        if (!look(&r, d, closely, &line)) return;
        d->number++;
        if (line.state) {
            d->state = start;
            d->after = end;
            d->state_number = d->number;
        } else if (!put_on(memory, d, line.pile, start, end)) {
            return;
        }
        d->at = end;
    }
}

/* Do the last lines have the versions of the first? */
static bool versions_stay(const Deal *d) {
    for (int32_t n = 0; n < d->size; n++) {
        Pile *pile = &d->piles[n];
        Line line = {0};
        Reader r = {.at = pile->last, .end = pile->to};
        if (pile->last && !look(&r, d, true, &line)) return false;
    }
    return true;
}

static void clear(Pile *pile) {
    pile->from = pile->to = pile->last = NULL;
    pile->lines.used = pile->numbers.used = 0;
}

/* Deal quickly; where a version changes on the way, again. */
static void deal_all(Reader *memory, Deal *d) {
    const Deal before = *d;
    deal_lines(memory, d, false);
    if (memory->exhausted || versions_stay(d)) return;
    for (int32_t n = 0; n < d->size; n++) clear(&d->piles[n]);
    *d = before;
    deal_lines(memory, d, true);
}

#endif
