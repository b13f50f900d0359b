/* under.c - put under a process with LD_PRELOAD: records every change of a directory and every answer in one ordered log,
 * or plants a fault there. The program that is checked has no switch for it.
 *
 * Recording, for power_cut.py:  UNDER_DIR=/abs/data  UNDER_LOG=/abs/trace.bin
 *   A kill never loses the page cache, so it cannot show a missing fsync; a log of what was written and what was synced can.
 *   Record: u8 op, u64 inode, i64 off, u32 len, len bytes.  O open (path; off 1: truncated)  W write  T truncate  R rename (a\0b)
 *   U unlink  S file synced, D directory synced (off: how many records there were when the sync began; later ones are not covered)
 *   A answer (a socket's first 4096 bytes, logged before they leave).
 *   Not seen: mmap (SQLite: mmap_size=0; its -shm is made again at each start), io_uring, copy_file_range, static programs.
 *
 * Faults, for the controls and the full disk:  UNDER_DIR=…  UNDER_FAULT=
 *   nosync   a write-ahead log is never synced, as SQLite's synchronous=NORMAL leaves it
 *   late     what is written to a write-ahead log reaches the file up to 0.2 s later: the program answers before it
 *   swallow  a failed write or sync is reported as done
 *   full     while the file UNDER_TRIGGER exists, no write into the directory finds room
 *   leak     the start of every received POST is written to stderr, as a careless log line would be
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FDS 65536
#define SHOWN 4096
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int logfd = -1;
static int64_t records;
static char root[PATH_MAX], trigger[PATH_MAX], fault[16];
static size_t rootlen;
static struct { char kind, wal; uint64_t ino; } fdt[FDS];          /* f file, d directory, 0 not ours */
static struct late { struct late *next; int fd; off_t off; size_t n; char bytes[]; } *waiting, **last_waiting = &waiting;
#define REAL(ret, name, ...) static ret (*r_##name)(__VA_ARGS__); if (!r_##name) r_##name = dlsym(RTLD_NEXT, #name)
#define LOCK pthread_mutex_lock(&mu)
#define UNLOCK pthread_mutex_unlock(&mu)

static int is(const char *name) { return !strcmp(fault, name); }
static int ours(int fd) { return fd >= 0 && fd < FDS && fdt[fd].kind == 'f'; }

static void rec(char op, uint64_t ino, int64_t off, const void *p, uint32_t n) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (logfd < 0) return;
    unsigned char h[21]; h[0] = op; memcpy(h + 1, &ino, 8); memcpy(h + 9, &off, 8); memcpy(h + 17, &n, 4);
    /* A trace that is cut short would pass for a quiet program. */
    if (r_write(logfd, h, 21) != 21 || (n && r_write(logfd, p, n) != (ssize_t)n)) abort();
    records++;
}

static void settle(void) {                                        /* under the lock: what was written late is written now */
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    for (struct late *l = waiting, *next; l; l = next) {
        next = l->next;
        if (r_pwrite64(l->fd, l->bytes, l->n, l->off) != (ssize_t)l->n) abort();
        free(l);
    }
    waiting = 0; last_waiting = &waiting;
}

static void *settler(void *unused) {
    struct timespec pause = { 0, 200 * 1000 * 1000 };
    for (;;) { nanosleep(&pause, 0); LOCK; settle(); UNLOCK; }
    return unused;
}

__attribute__((constructor)) static void init(void) {
    const char *dir = getenv("UNDER_DIR"), *log = getenv("UNDER_LOG"), *what = getenv("UNDER_FAULT"), *at = getenv("UNDER_TRIGGER");
    if (!dir || !realpath(dir, root)) { root[0] = 0; return; }
    rootlen = strlen(root);
    if (what) snprintf(fault, sizeof fault, "%s", what);
    if (at) snprintf(trigger, sizeof trigger, "%s", at);
    REAL(int, open, const char *, int, ...);
    if (log && (logfd = r_open(log, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600)) < 0) abort();
    pthread_t t;
    if (is("late") && pthread_create(&t, 0, settler, 0)) abort();
}

static int inside(const char *p, char *out) {                     /* the absolute path, if it lies in the directory */
    char tmp[PATH_MAX], dir[PATH_MAX];
    if (!rootlen || !p) return 0;
    snprintf(tmp, sizeof tmp, "%s", p);
    char *slash = strrchr(tmp, '/');
    if (realpath(p, dir)) snprintf(out, PATH_MAX, "%s", dir);
    else {
        if (slash) *slash = 0;
        if (!realpath(slash ? (*tmp ? tmp : "/") : ".", dir)) return 0;
        if (snprintf(out, PATH_MAX, "%s/%s", dir, slash ? slash + 1 : p) >= PATH_MAX) return 0;
    }
    return strncmp(out, root, rootlen) == 0 && (out[rootlen] == '/' || !out[rootlen]);
}

static void opened(int fd, const char *p, int flags) {
    char b[PATH_MAX + 1]; struct stat st;
    if (fd < 0 || fd >= FDS) return;
    int saved = errno;
    fdt[fd].kind = 0;
    if (inside(p, b) && !fstat(fd, &st)) {
        size_t n = strlen(b);
        LOCK;
        fdt[fd].ino = st.st_ino; fdt[fd].kind = S_ISDIR(st.st_mode) ? 'd' : 'f';
        fdt[fd].wal = n > 4 && !strcmp(b + n - 4, "-wal");
        if (fdt[fd].kind == 'f') rec('O', st.st_ino, flags & O_TRUNC ? 1 : 0, b + rootlen, n - rootlen);
        UNLOCK;
    }
    errno = saved;
}
#define OPENER(name) int name(const char *p, int fl, ...) { REAL(int, name, const char *, int, ...); mode_t m = 0; \
    if (fl & (O_CREAT | O_TMPFILE)) { va_list a; va_start(a, fl); m = va_arg(a, int); va_end(a); } \
    int fd = r_##name(p, fl, m); opened(fd, p, fl); return fd; }
OPENER(open) OPENER(open64)
#define OPENAT(name) int name(int d, const char *p, int fl, ...) { REAL(int, name, int, const char *, int, ...); mode_t m = 0; \
    if (fl & (O_CREAT | O_TMPFILE)) { va_list a; va_start(a, fl); m = va_arg(a, int); va_end(a); } \
    int fd = r_##name(d, p, fl, m); if (*p == '/' || d == AT_FDCWD) opened(fd, p, fl); return fd; }
OPENAT(openat) OPENAT(openat64)
int close(int fd) {
    REAL(int, close, int);
    if (fd >= 0 && fd < FDS && fdt[fd].kind) { LOCK; settle(); fdt[fd].kind = 0; UNLOCK; }
    return r_close(fd);
}

static int full(int fd) {
    if (!ours(fd) || !is("full") || access(trigger, F_OK)) { return 0; }
    errno = ENOSPC;
    return 1;
}
/* A real failure that the program never hears of. */
static ssize_t told(int fd, ssize_t k, size_t n) { return k < 0 && ours(fd) && is("swallow") ? (ssize_t)n : k; }

#define PW(name, T) ssize_t name(int fd, const void *p, size_t n, T off) { REAL(ssize_t, name, int, const void *, size_t, T); \
    if (!ours(fd)) return r_##name(fd, p, n, off); \
    if (full(fd)) return -1; \
    LOCK; ssize_t k; \
    if (fdt[fd].wal && is("late")) { \
        struct late *l = malloc(sizeof *l + n); if (!l) abort(); \
        l->next = 0; l->fd = fd; l->off = off; l->n = n; memcpy(l->bytes, p, n); *last_waiting = l; last_waiting = &l->next; k = n; \
    } else { k = r_##name(fd, p, n, off); } \
    if (k > 0) rec('W', fdt[fd].ino, off, p, k); \
    UNLOCK; return told(fd, k, n); }
PW(pwrite, off_t) PW(pwrite64, off64_t)
/* What is late is seen by whoever reads it: laid over what the file holds. (Writing it at a read left hardly anything late on a busy
 * machine, where readers follow every write, and the control found nothing.) */
static ssize_t overlaid(int fd, char *p, ssize_t k, size_t n, int64_t off) {
    if (k < 0) return k;
    memset(p + k, 0, n - k);
    for (struct late *l = waiting; l; l = l->next) {
        int64_t from = l->off > off ? l->off : off, to = l->off + (int64_t)l->n;
        if (to > off + (int64_t)n) to = off + n;
        if (fdt[l->fd].ino != fdt[fd].ino || from >= to) continue;
        memcpy(p + (from - off), l->bytes + (from - l->off), to - from);
        if (to - off > k) k = to - off;
    }
    return k;
}
#define PR(name, T) ssize_t name(int fd, void *p, size_t n, T off) { REAL(ssize_t, name, int, void *, size_t, T); \
    if (!ours(fd) || !fdt[fd].wal || !is("late")) return r_##name(fd, p, n, off); \
    LOCK; ssize_t k = overlaid(fd, p, r_##name(fd, p, n, off), n, off); UNLOCK; \
    return k; }
PR(pread, off_t) PR(pread64, off64_t)

static int issock(int fd) { int t; socklen_t l = sizeof t; int saved = errno, yes = !getsockopt(fd, SOL_SOCKET, SO_TYPE, &t, &l); errno = saved; return yes; }
static void answer(int fd, const struct iovec *v, int c) {
    char shown[SHOWN]; size_t n = 0;
    if (logfd < 0 || !issock(fd)) return;
    for (int i = 0; i < c && n < SHOWN; i++) { size_t k = v[i].iov_len < SHOWN - n ? v[i].iov_len : SHOWN - n; memcpy(shown + n, v[i].iov_base, k); n += k; }
    if (n) rec('A', fd, 0, shown, n);
}
ssize_t write(int fd, const void *p, size_t n) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (!rootlen || fd == logfd) return r_write(fd, p, n);
    if (full(fd)) return -1;
    LOCK; ssize_t k;
    if (ours(fd)) { k = r_write(fd, p, n); if (k > 0) rec('W', fdt[fd].ino, lseek(fd, 0, SEEK_CUR) - k, p, k); }
    else { struct iovec v = { (void *)p, n }; answer(fd, &v, 1); k = r_write(fd, p, n); }
    UNLOCK; return told(fd, k, n);
}
ssize_t writev(int fd, const struct iovec *v, int c) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    if (!rootlen) return r_writev(fd, v, c);
    if (ours(fd)) { ssize_t t = 0; for (int i = 0; i < c; i++) { ssize_t k = write(fd, v[i].iov_base, v[i].iov_len); if (k < 0) return t ? t : k; t += k; } return t; }
    LOCK; answer(fd, v, c); ssize_t k = r_writev(fd, v, c); UNLOCK; return k;
}
ssize_t sendto(int fd, const void *p, size_t n, int f, const struct sockaddr *a, socklen_t l) {
    REAL(ssize_t, sendto, int, const void *, size_t, int, const struct sockaddr *, socklen_t);
    struct iovec v = { (void *)p, n };
    LOCK; answer(fd, &v, 1); ssize_t k = r_sendto(fd, p, n, f, a, l); UNLOCK; return k;
}
ssize_t send(int fd, const void *p, size_t n, int f) { return sendto(fd, p, n, f, 0, 0); }
ssize_t sendmsg(int fd, const struct msghdr *m, int f) {
    REAL(ssize_t, sendmsg, int, const struct msghdr *, int);
    LOCK; answer(fd, m->msg_iov, m->msg_iovlen); ssize_t k = r_sendmsg(fd, m, f); UNLOCK; return k;
}
ssize_t recv(int fd, void *p, size_t n, int f) {
    REAL(ssize_t, recv, int, void *, size_t, int);
    REAL(ssize_t, write, int, const void *, size_t);
    ssize_t k = r_recv(fd, p, n, f);
    if (k > 4 && is("leak") && !memcmp(p, "POST", 4)) { int saved = errno; if (r_write(2, p, k < 2000 ? k : 2000) < 0) abort(); errno = saved; }
    return k;
}

#define SY(name) int name(int fd) { REAL(int, name, int); \
    if (fd < 0 || fd >= FDS || !fdt[fd].kind) return r_##name(fd); \
    if (fdt[fd].wal && (is("nosync") || is("late"))) return 0; \
    LOCK; int64_t begun = records; UNLOCK; \
    int k = r_##name(fd); \
    if (!k) { LOCK; rec(fdt[fd].kind == 'd' ? 'D' : 'S', fdt[fd].ino, begun, 0, 0); UNLOCK; } \
    return told(fd, k, 0); }
SY(fsync) SY(fdatasync)
#define TR(name, T) int name(int fd, T n) { REAL(int, name, int, T); LOCK; settle(); int k = r_##name(fd, n); \
    if (!k && ours(fd)) rec('T', fdt[fd].ino, n, 0, 0); \
    UNLOCK; return told(fd, k, 0); }
TR(ftruncate, off_t) TR(ftruncate64, off64_t)
int unlink(const char *p) {
    REAL(int, unlink, const char *);
    char b[PATH_MAX + 1]; int in = inside(p, b);
    LOCK; settle(); int k = r_unlink(p); if (!k && in) rec('U', 0, 0, b + rootlen, strlen(b + rootlen)); UNLOCK; return k;
}
int rename(const char *p, const char *q) {
    REAL(int, rename, const char *, const char *);
    char a[PATH_MAX + 1], b[PATH_MAX + 1], m[2 * PATH_MAX + 4]; int in = inside(p, a) && inside(q, b);
    LOCK; int k = r_rename(p, q);
    if (!k && in) { int n = snprintf(m, sizeof m, "%s%c%s", a + rootlen, 0, b + rootlen); rec('R', 0, 0, m, n); }
    UNLOCK; return k;
}
