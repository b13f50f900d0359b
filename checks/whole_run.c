/* whole_run.c - put under every process of ./test with LD_PRELOAD, so that no test can forget to hand in what it leaves.
 *
 * WHOLE_RUN=/abs/dir says where; without it nothing happens. Nothing is looked for here: whole_run.py does that at the end.
 *   DIR/processes        a line for each test and each `gongzhi` that ran: pid, program, first word of its arguments, WHOLE_RUN_PART
 *   DIR/said/WORD-PID.1  what `gongzhi WORD` writes to its output (.2: to its errors, which is its log), besides where the test sends it
 *   DIR/kept/…           a hard link to each file below DIR/tmp that is removed or replaced, at the path that it had there, and a number
 *
 * Not seen: static programs, files written over in place, and processes whose test gives them an LD_PRELOAD of its own without ours.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(ret, name, ...) static ret (*r_##name)(__VA_ARGS__); if (!r_##name) r_##name = dlsym(RTLD_NEXT, #name)
static char base[PATH_MAX], temp[PATH_MAX], copy[PATH_MAX];
static size_t templen;
static int copyfd[3] = { -1, -1, -1 }, number;

/* Files that no data directory has, and that are many: a browser's profile, what the compiler puts aside, keys in clear. */
static int left_out(const char *path) {
    static const char *const parts[] = { "/playwright", "/org.chromium", "/.org.chromium", "/rustc", "/cargo-", "/.cargo", "master.key" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) if (strstr(path, parts[i])) return 1;
    size_t n = strlen(path);
    return n > 4 && (!strcmp(path + n - 4, "-shm") || !strcmp(path + n - 5, ".lock"));
}

__attribute__((constructor)) static void init(void) {
    const char *dir = getenv("WHOLE_RUN"), *part = getenv("WHOLE_RUN_PART");
    char exe[PATH_MAX], line[PATH_MAX * 2], words[4096];
    if (!dir || !realpath(dir, base)) { *base = 0; return; }
    templen = snprintf(temp, sizeof temp, "%.4000s/tmp", base);
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n <= 0) return;
    exe[n] = 0;
    if (!strstr(exe, "/debug/deps/") && !strstr(exe, "/gongzhi")) return;
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, words, sizeof words - 1);
    if (fd >= 0) close(fd);
    words[got > 0 ? got : 0] = 0;
    const char *first = got > 0 && strlen(words) + 1 < (size_t)got ? words + strlen(words) + 1 : "";
    const char *name = strrchr(exe, '/') + 1;
    int len = snprintf(line, sizeof line, "%d\t%s\t%.40s\t%.20s\n", getpid(), name, first, part ? part : "");
    char to[PATH_MAX + 32];
    snprintf(to, sizeof to, "%s/processes", base);
    fd = open(to, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, line, len) != len) abort();
    close(fd);
    /* A test's own program is called NAME-<hash>, and what it prints is the test runner's. */
    if (!strcmp(name, "gongzhi") || !strcmp(name, "gongzhi-witness")) snprintf(copy, sizeof copy, "%.3000s/said/%.80s-%d", base, *first ? first : "none", getpid());
}

static void keep(int dir, const char *path) {
    char whole[PATH_MAX * 2], to[PATH_MAX * 2 + 64], up[PATH_MAX];
    struct stat st;
    int saved = errno;
    if (!templen || !path || !*path) return;
    if (*path == '/') snprintf(whole, sizeof whole, "%s", path);
    else {
        char link[64];
        ssize_t n;
        snprintf(link, sizeof link, dir == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", dir);
        if ((n = readlink(link, up, sizeof up - 1)) <= 0) { errno = saved; return; }
        up[n] = 0;
        snprintf(whole, sizeof whole, "%s/%s", up, path);
    }
    if (strncmp(whole, temp, templen) || whole[templen] != '/' || left_out(whole + templen)) { errno = saved; return; }
    if (!lstat(whole, &st) && S_ISREG(st.st_mode) && st.st_size) {
        snprintf(to, sizeof to, "%s/kept%s", base, whole + templen);
        for (char *slash = to + strlen(base) + 5; (slash = strchr(slash + 1, '/'));) { *slash = 0; mkdir(to, 0700); *slash = '/'; }
        size_t end = strlen(to);
        int done;
        do snprintf(to + end, 48, ".%d.%d", getpid(), __sync_add_and_fetch(&number, 1)); while ((done = linkat(AT_FDCWD, whole, AT_FDCWD, to, 0)) && errno == EEXIST);
        /* A file that somebody else removed meanwhile was kept there. */
        if (done && errno != ENOENT) { fprintf(stderr, "whole_run: %s cannot be kept: %m\n", whole); abort(); }
    }
    errno = saved;
}

int unlink(const char *path) { REAL(int, unlink, const char *); keep(AT_FDCWD, path); return r_unlink(path); }
int remove(const char *path) { REAL(int, remove, const char *); keep(AT_FDCWD, path); return r_remove(path); }
int unlinkat(int dir, const char *path, int flags) {
    REAL(int, unlinkat, int, const char *, int);
    if (!(flags & AT_REMOVEDIR)) keep(dir, path);
    return r_unlinkat(dir, path, flags);
}
int rename(const char *from, const char *to) { REAL(int, rename, const char *, const char *); keep(AT_FDCWD, to); return r_rename(from, to); }
int renameat(int a, const char *from, int b, const char *to) {
    REAL(int, renameat, int, const char *, int, const char *);
    keep(b, to);
    return r_renameat(a, from, b, to);
}

static void said(int which, const void *bytes, size_t n) {
    REAL(ssize_t, write, int, const void *, size_t);
    int saved = errno;
    if (copyfd[which] < 0) {
        char to[PATH_MAX + 8];
        snprintf(to, sizeof to, "%s.%d", copy, which);
        int fd = open(to, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
        if (fd < 0) abort();
        /* Out of the way of the low numbers, which a program may count on. */
        copyfd[which] = fcntl(fd, F_DUPFD_CLOEXEC, 900);
        if (copyfd[which] < 0) copyfd[which] = fd; else close(fd);
    }
    if (r_write(copyfd[which], bytes, n) != (ssize_t)n) abort();
    errno = saved;
}
ssize_t write(int fd, const void *bytes, size_t n) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (*copy && (fd == 1 || fd == 2)) said(fd, bytes, n);
    return r_write(fd, bytes, n);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    if (*copy && (fd == 1 || fd == 2)) for (int i = 0; i < count; i++) said(fd, parts[i].iov_base, parts[i].iov_len);
    return r_writev(fd, parts, count);
}
