/* Sends one packet of a layer to all receivers that get it as it is: RTP header, header extension,
 * VP8 numbers, SRTP, sendto. What it does for a receiver is what VideoConsumer._put() and
 * AudioConsumer.forward() do (vicon/media/sfu); every other case is left to them. Compiled at start
 * where there is a compiler (build.py), called through cffi (fan.py), which holds the same
 * declarations: keep them in step. No allocation, no state of its own. */
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define MAX_PAYLOAD 1440
#define TRAILER 144

typedef struct {
    int fd;
    unsigned address_size; /* 0: the socket is connected */
    unsigned char address[28];
    void *srtp;
    int (*protect)(void *, void *, int *);
    uint64_t dropped;
    uint8_t on; /* else it goes nowhere, and counts as dropped */
} vicon_way;

typedef struct {
    uint64_t *cell; /* next transport-wide number, octets sent so far */
    double *times;
    int *sizes;
    uint64_t mask;
} vicon_flight;

typedef struct {
    vicon_way *way;
    vicon_flight *flight; /* NULL: no transport-wide numbers */
    int64_t source_start, offset;
    uint32_t timestamp, ssrc;
    uint16_t picture;
    uint8_t tl0, renumber, type, tid, extension, on;
    uint8_t wide_head; /* id and length of the transport-wide numbers' extension */
    uint8_t level; /* the audio level goes with them */
    int64_t highest;
    uint64_t packets, octets;
    double last_sent;
    uint32_t last_timestamp;
    int last_picture, last_tl0;
} vicon_target;

typedef struct {
    int64_t number;
    uint32_t timestamp;
    int marker, tid, picture, tl0, level;
    uint32_t send_time;
    const unsigned char *payload;
    int size;
    double now;
} vicon_packet;

enum { PLAIN, SHARED, WIDE };
enum { PICTURE = -1, NO_LEVEL = 256 };
enum { LATE = 1024 };

static void put16(unsigned char *at, uint32_t value) {
    at[0] = value >> 8;
    at[1] = value;
}

static void put32(unsigned char *at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* The position of the long PictureID in a VP8 descriptor (RFC 7741, section 4.2), 0 for none;
 * -1 when it has to be written anew in another length. */
static int picture_at(const vicon_packet *p) {
    if (p->picture < 0)
        return 0;
    return p->size > 3 && p->payload[2] & 0x80 ? 2 : -1;
}

static int extension(unsigned char *at, const vicon_target *t, const vicon_packet *p, int wide) {
    if (t->extension == PLAIN || (t->extension == SHARED && p->level == NO_LEVEL))
        return 0;
    put16(at, 0xBEDE);
    memset(at + 2, 0, 10);
    if (t->extension == WIDE && p->level == PICTURE) {
        at[3] = 1;
        at[4] = t->wide_head;
        put16(at + 5, wide);
        return 8;
    }
    if (t->extension == WIDE) {
        at[3] = 2;
        if (t->level && p->level < NO_LEVEL) {
            at[4] = 1 << 4;
            at[5] = p->level;
        }
        at[6] = t->wide_head;
        put16(at + 7, wide);
        return 12;
    }
    at[3] = 1;
    if (p->level == PICTURE) {
        at[4] = 2 << 4 | 2;
        at[5] = p->send_time >> 16;
        put16(at + 6, p->send_time);
    } else {
        at[4] = 1 << 4;
        at[5] = p->level;
    }
    return 8;
}

static void note(vicon_target *t, const vicon_packet *p, int64_t out, uint32_t timestamp) {
    t->packets++;
    t->octets += p->size;
    if (out > t->highest) {
        t->highest = out;
        t->last_timestamp = timestamp;
        t->last_sent = p->now;
        t->last_picture = p->picture;
        t->last_tl0 = p->tl0;
    }
}

static void send_one(vicon_target *t, const vicon_packet *p, int picture) {
    unsigned char buffer[MAX_PAYLOAD + 64 + TRAILER];
    int64_t out = p->number + t->offset;
    uint32_t timestamp = p->timestamp + t->timestamp;
    int wide = 0, length;
    if (t->flight) {
        vicon_flight *f = t->flight;
        uint64_t next = f->cell[0]++;
        f->times[next & f->mask] = p->now;
        f->sizes[next & f->mask] = p->size + 64;
        f->cell[1] += p->size + 64;
        wide = next & 0xFFFF;
    }
    length = extension(buffer + 12, t, p, wide);
    buffer[0] = length ? 0x90 : 0x80;
    buffer[1] = p->marker | t->type;
    put16(buffer + 2, out);
    put32(buffer + 4, timestamp);
    put32(buffer + 8, t->ssrc);
    length += 12;
    memcpy(buffer + length, p->payload, p->size);
    if (t->renumber && picture) {
        put16(buffer + length + picture, 0x8000 | ((p->picture + t->picture) & 0x7FFF));
        if (p->tl0 >= 0)
            buffer[length + picture + 2] = p->tl0 + t->tl0;
    } else if (t->renumber && p->tl0 >= 0)
        buffer[length + 2] = p->tl0 + t->tl0;
    length += p->size;
    note(t, p, out, timestamp);
    if (!t->way->on || t->way->protect(t->way->srtp, buffer, &length) ||
        sendto(t->way->fd, buffer, length, MSG_DONTWAIT,
               t->way->address_size ? (struct sockaddr *)t->way->address : NULL,
               t->way->address_size) < 0)
        t->way->dropped++;
}

/* Returns the targets that were left, as bits. At most 64. */
uint64_t vicon_fan(vicon_target **targets, int count, const vicon_packet *p) {
    uint64_t left = 0;
    int picture = p->level == PICTURE ? picture_at(p) : 0;
    for (int i = 0; i < count; i++) {
        vicon_target *t = targets[i];
        if (!t->on || p->number < t->source_start || p->tid > t->tid ||
            p->number + t->offset <= t->highest - LATE || p->size > MAX_PAYLOAD ||
            (t->renumber && picture < 0))
            left |= (uint64_t)1 << i;
        else
            send_one(t, p, picture);
    }
    return left;
}

int vicon_fan_version(void) { return 1; }
