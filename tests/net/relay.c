/* A bad line between two network interfaces, for tests: delay, jitter, loss (random or in bursts) and a
 * bottleneck with a drop-tail queue, each direction on its own, changeable while it runs.
 *
 *     relay IFA IFB
 *
 * Frames are taken from one interface and put on the other (AF_PACKET, layer 2). Commands come line by
 * line on standard input, `report` answers with one line of JSON on standard output:
 *
 *     set ab|ba|both delay_ms|jitter_ms|loss_percent|burst|rate_kbps|queue_ms VALUE
 *     zero              forget all counts
 *     report
 *
 * burst: mean length of a run of lost packets (Gilbert's model); 1: each packet for itself.
 * rate: of IP packets, Ethernet's 14 bytes not counted; 0: no bottleneck. ARP and IPv6's neighbour
 * discovery are never lost. What is counted: for each direction and kind of packet (RTP, RTCP, STUN,
 * DTLS, TCP, other UDP) how many came, were lost, did not fit into the queue, and the sum of the delays
 * of those that went through; for each RTP stream the sum of the |D| of RFC 3550 that the relay itself
 * put in (wander) and of how many pairs (steps).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define QUEUE 32768 /* frames in flight, per direction; a power of two */
#define FRAME 2048
#define STREAMS 256
#define ETHERNET 14

enum { RTP, RTCP, STUN, DTLS, TCP, OTHER, KINDS };
static const char *const kind_names[KINDS] = {"rtp", "rtcp", "stun", "dtls", "tcp", "other"};

struct count { unsigned long came, lost, queued_out, through, bytes; double delay; };
struct stream { uint32_t ssrc; unsigned long came, lost, queued_out, steps; double before, wander; };
struct frame { int64_t due, taken; int length, kind; struct stream *stream; unsigned char bytes[FRAME]; };
struct direction {
    double delay_ms, jitter_ms, loss_percent, burst, rate_kbps, queue_ms;
    int in, out;
    bool bad;                    /* Gilbert's bad state */
    int64_t free_at, last_due;   /* of the bottleneck; of the frame before: order is kept */
    struct frame *queue;
    unsigned head, tail;
    struct count counts[KINDS];
    struct stream streams[STREAMS];
    unsigned known;
};
static struct direction line[2];

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int open_interface(const char *name) {
    int s = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
    struct sockaddr_ll where = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
                                .sll_ifindex = (int)if_nametoindex(name)};
    struct packet_mreq all = {.mr_ifindex = where.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
    int one = 1, size = 8 << 20;
    if (s < 0 || !where.sll_ifindex || bind(s, (void *)&where, sizeof where) ||
        setsockopt(s, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one) ||
        setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all)) {
        perror(name);
        exit(1);
    }
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
    return s;
}

/* The kind of an Ethernet frame, and its UDP payload. RFC 7983: the first byte tells. */
static int classify(const unsigned char *f, int n, const unsigned char **payload, int *length) {
    int head, protocol;
    if (n > 34 && f[12] == 8 && f[13] == 0) {
        head = ETHERNET + (f[14] & 15) * 4;
        protocol = f[23];
    } else if (n > 54 && f[12] == 0x86 && f[13] == 0xdd) {
        head = ETHERNET + 40;
        protocol = f[20];
    } else {
        return OTHER;
    }
    if (protocol == 6) return TCP;
    if (protocol != 17 || n < head + 8 + 12) return OTHER;
    const unsigned char *p = f + head + 8;
    *payload = p;
    *length = n - head - 8;
    if (p[0] < 4) return STUN;
    if (p[0] >= 20 && p[0] < 64) return DTLS;
    if (p[0] < 128 || p[0] > 191) return OTHER;
    return p[1] > 191 && p[1] < 224 ? RTCP : RTP;
}

static struct stream *stream_of(struct direction *d, const unsigned char *rtp) {
    uint32_t ssrc = (uint32_t)rtp[8] << 24 | (uint32_t)rtp[9] << 16 | (uint32_t)rtp[10] << 8 | rtp[11];
    for (unsigned i = 0; i < d->known; i++)
        if (d->streams[i].ssrc == ssrc) return &d->streams[i];
    if (d->known == STREAMS) return NULL;
    d->streams[d->known] = (struct stream){.ssrc = ssrc, .before = -1};
    return &d->streams[d->known++];
}

static bool never_lost(const unsigned char *f, int n) {
    bool arp = f[12] == 8 && f[13] == 6;
    bool neighbour = n > 54 && f[12] == 0x86 && f[13] == 0xdd && f[20] == 58;
    return arp || neighbour;
}

static bool lose(struct direction *d) {
    if (d->loss_percent <= 0) return false;
    if (d->burst <= 1) return drand48() * 100 < d->loss_percent;
    double share = d->loss_percent / 100, leave = 1 / d->burst, enter = share * leave / (1 - share);
    d->bad = d->bad ? drand48() >= leave : drand48() < enter;
    return d->bad;
}

static void take(struct direction *d, const unsigned char *bytes, int n) {
    const unsigned char *payload = NULL;
    int length = 0, kind = classify(bytes, n, &payload, &length);
    struct count *c = &d->counts[kind];
    struct stream *s = kind == RTP ? stream_of(d, payload) : NULL;
    int64_t t = now(), leaves = t;
    c->came++;
    if (s) s->came++;
    if (!never_lost(bytes, n) && lose(d)) {
        c->lost++;
        if (s) s->lost++;
        return;
    }
    if (d->rate_kbps > 0) {
        int64_t starts = d->free_at > t ? d->free_at : t;
        if (starts - t > d->queue_ms * 1e6 || d->tail - d->head == QUEUE) goto full;
        leaves = d->free_at = starts + (int64_t)((n - ETHERNET) * 8e6 / d->rate_kbps);
    } else if (d->tail - d->head == QUEUE) {
        goto full;
    }
    int64_t due = leaves + (int64_t)(d->delay_ms * 1e6);
    if (d->jitter_ms > 0) due += (int64_t)((drand48() * 2 - 1) * d->jitter_ms * 1e6);
    if (due < d->last_due) due = d->last_due;
    d->last_due = due;
    struct frame *f = &d->queue[d->tail++ % QUEUE];
    f->due = due, f->taken = t, f->length = n, f->kind = kind, f->stream = s;
    memcpy(f->bytes, bytes, (size_t)n);
    return;
full:
    c->queued_out++;
    if (s) s->queued_out++;
}

static void put(struct direction *d, int64_t t) {
    while (d->head != d->tail && d->queue[d->head % QUEUE].due <= t) {
        struct frame *f = &d->queue[d->head++ % QUEUE];
        if (send(d->out, f->bytes, (size_t)f->length, 0) < 0) continue;
        struct count *c = &d->counts[f->kind];
        double delay = (double)(now() - f->taken) / 1e6;
        c->through++;
        c->delay += delay;
        c->bytes += (unsigned long)(f->length - ETHERNET);
        struct stream *s = f->stream;
        if (!s) continue;
        if (s->before >= 0) {
            s->wander += delay > s->before ? delay - s->before : s->before - delay;
            s->steps++;
        }
        s->before = delay;
    }
}

static void report(void) {
    printf("{");
    for (int i = 0; i < 2; i++) {
        struct direction *d = &line[i];
        printf("%s\"%s\":{\"kinds\":{", i ? "," : "", i ? "ba" : "ab");
        for (int k = 0; k < KINDS; k++) {
            struct count *c = &d->counts[k];
            printf("%s\"%s\":{\"came\":%lu,\"lost\":%lu,\"dropped\":%lu,\"through\":%lu,\"bytes\":%lu,"
                   "\"delay_ms\":%.3f}", k ? "," : "", kind_names[k], c->came, c->lost, c->queued_out,
                   c->through, c->bytes, c->delay);
        }
        printf("},\"streams\":{");
        for (unsigned k = 0; k < d->known; k++) {
            struct stream *s = &d->streams[k];
            printf("%s\"%u\":{\"came\":%lu,\"lost\":%lu,\"dropped\":%lu,\"steps\":%lu,\"wander_ms\":%.3f}",
                   k ? "," : "", s->ssrc, s->came, s->lost, s->queued_out, s->steps, s->wander);
        }
        printf("}}");
    }
    printf("}\n");
    fflush(stdout);
}

static void zero(void) {
    for (int i = 0; i < 2; i++) {
        memset(line[i].counts, 0, sizeof line[i].counts);
        for (unsigned k = line[i].head; k != line[i].tail; k++) line[i].queue[k % QUEUE].stream = NULL;
        line[i].known = 0;
    }
}

static bool set(struct direction *d, const char *name, double value) {
    struct { const char *name; double *place; } table[] = {
        {"delay_ms", &d->delay_ms}, {"jitter_ms", &d->jitter_ms}, {"loss_percent", &d->loss_percent},
        {"burst", &d->burst}, {"rate_kbps", &d->rate_kbps}, {"queue_ms", &d->queue_ms}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i].name, name)) return *table[i].place = value, true;
    return false;
}

static bool obey(const char *command) {
    char way[8], name[32];
    double value;
    if (!strcmp(command, "report")) return report(), true;
    if (!strcmp(command, "zero")) return zero(), true;
    if (sscanf(command, "set %7s %31s %lf", way, name, &value) != 3 || value < 0) return false;
    bool ab = strcmp(way, "ba") != 0, ba = strcmp(way, "ab") != 0;
    return (!ab || set(&line[0], name, value)) && (!ba || set(&line[1], name, value));
}

/* False at the end of standard input: whoever made us is gone. */
static bool read_commands(void) {
    static char text[4096];
    static size_t filled;
    ssize_t n = read(0, text + filled, sizeof text - 1 - filled);
    if (n == 0) return false;
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    filled += (size_t)n;
    text[filled] = 0;
    char *start = text, *end;
    while ((end = strchr(start, '\n'))) {
        *end = 0;
        if (!obey(start)) {
            fprintf(stderr, "relay: not understood: %s\n", start);
            exit(2);
        }
        start = end + 1;
    }
    filled -= (size_t)(start - text);
    memmove(text, start, filled);
    return filled < sizeof text - 1;
}

int main(int count, char **words) {
    static unsigned char buffer[65536];
    if (count != 3) {
        fprintf(stderr, "usage: relay IFA IFB\n");
        return 2;
    }
    int a = open_interface(words[1]), b = open_interface(words[2]);
    line[0].in = line[1].out = a;
    line[0].out = line[1].in = b;
    for (int i = 0; i < 2; i++) {
        line[i].burst = 1;
        line[i].queue_ms = 200;
        line[i].queue = calloc(QUEUE, sizeof *line[i].queue);
        if (!line[i].queue) return perror("memory"), 1;
    }
    srand48(20200925);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    fcntl(0, F_SETFL, O_NONBLOCK);
    printf("{\"ready\":true}\n");
    fflush(stdout);
    struct pollfd wait[4] = {{a, POLLIN, 0}, {b, POLLIN, 0}, {timer, POLLIN, 0}, {0, POLLIN, 0}};
    for (;;) {
        int64_t t = now(), next = 0;
        for (int i = 0; i < 2; i++) {
            struct direction *d = &line[i];
            put(d, t);
            int64_t due = d->head != d->tail ? d->queue[d->head % QUEUE].due : 0;
            if (due && (!next || due < next)) next = due;
        }
        struct itimerspec at = {.it_value = {next / 1000000000, next % 1000000000}};
        timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
        if (poll(wait, 4, 1000) < 0 && errno != EINTR) return perror("poll"), 1;
        for (int i = 0; i < 2; i++)
            for (int k = 0; k < 256; k++) {
                ssize_t n = recv(line[i].in, buffer, sizeof buffer, 0);
                if (n <= ETHERNET) break;
                if (n > FRAME) return fprintf(stderr, "relay: a frame of %zd bytes: switch offloads off\n", n), 1;
                take(&line[i], buffer, (int)n);
            }
        uint64_t ticks;
        if (wait[2].revents && read(timer, &ticks, sizeof ticks) < 0 && errno != EAGAIN) return perror("timer"), 1;
        if (wait[3].revents && !read_commands()) return 0;
    }
}
