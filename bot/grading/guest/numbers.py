"""The numbers of system calls, from the kernel's unistd.h: by name, on x86_64 and on aarch64."""

from __future__ import annotations

_TABLE = """
    read 0 63; write 1 64; readv 19 65; writev 20 66; pread64 17 67; pwrite64 18 68; preadv 295 69;
    pwritev 296 70; close 3 57; close_range 436 436; fstat 5 80; newfstatat 262 79; stat 4 -; lstat 6 -;
    statx 332 291; lseek 8 62; mmap 9 222; mprotect 10 226; munmap 11 215; mremap 25 216; madvise 28
    233; brk 12 214; msync 26 227; mincore 27 232; rt_sigaction 13 134; rt_sigprocmask 14 135;
    rt_sigreturn 15 139; rt_sigsuspend 130 133; rt_sigtimedwait 128 137; rt_sigpending 127 136;
    sigaltstack 131 132; ioctl 16 29; access 21 -; faccessat 269 48; faccessat2 439 439; pipe 22 -;
    pipe2 293 59; select 23 -; pselect6 270 72; poll 7 -; ppoll 271 73; epoll_create1 291 20;
    epoll_create 213 -; epoll_ctl 233 21; epoll_wait 232 -; epoll_pwait 281 22; eventfd2 290 19;
    timerfd_create 283 85; timerfd_settime 286 86; timerfd_gettime 287 87; dup 32 23; dup2 33 -; dup3
    292 24; fcntl 72 25; flock 73 32; fsync 74 82; fdatasync 75 83; ftruncate 77 46; truncate 76 45;
    fallocate 285 47; getdents64 217 61; getcwd 79 17; chdir 80 49; fchdir 81 50; openat 257 56; rename
    82 -; renameat 264 38; renameat2 316 276; mkdir 83 -; mkdirat 258 34; rmdir 84 -; unlink 87 -;
    unlinkat 263 35; link 86 -; linkat 265 37; symlink 88 -; symlinkat 266 36; readlink 89 -; readlinkat
    267 78; chmod 90 -; fchmod 91 52; fchmodat 268 53; umask 95 166; utimensat 280 88; gettimeofday 96
    169; clock_gettime 228 113; clock_getres 229 114; clock_nanosleep 230 115; nanosleep 35 101; time
    201 -; times 100 153; getrusage 98 165; sysinfo 99 179; uname 63 160; getuid 102 174; geteuid 107
    175; getgid 104 176; getegid 108 177; getresuid 118 148; getresgid 120 150; getgroups 115 158;
    getpid 39 172; gettid 186 178; getppid 110 173; getpgrp 111 -; getpgid 121 155; getsid 124 156;
    setsid 112 157; setuid 105 146; setgid 106 144; setresuid 117 147; set_tid_address 218 96;
    set_robust_list 273 99; futex 202 98; sched_yield 24 124; sched_getaffinity 204 123;
    sched_getscheduler 145 120; sched_getparam 143 121; sched_get_priority_max 146 125;
    sched_get_priority_min 147 126; getpriority 140 141; getcpu 309 168; getrandom 318 278; arch_prctl
    158 -; prctl 157 167; rseq 334 293; membarrier 324 283; exit 60 93; exit_group 231 94; wait4 61 260;
    waitid 247 95; kill 62 129; tgkill 234 131; alarm 37 -; setitimer 38 103; getitimer 36 102;
    timer_create 222 107; timer_settime 223 110; timer_gettime 224 108; timer_getoverrun 225 109;
    timer_delete 226 111; pause 34 -; restart_syscall 219 128; clone 56 220; clone3 435 435;
    copy_file_range 326 285; sendfile 40 71; statfs 137 43; fstatfs 138 44; getxattr 191 8; lgetxattr
    192 9; fgetxattr 193 10; listxattr 194 11; llistxattr 195 12; flistxattr 196 13; fadvise64 221 223;
    socketpair 53 199; shutdown 48 210; sendto 44 206; recvfrom 45 207; sendmsg 46 211; recvmsg 47 212;
    getsockname 51 204; getpeername 52 205; getsockopt 55 209; setsockopt 54 208; prlimit64 302 261;
    getrlimit 97 163; pidfd_open 434 434; pidfd_send_signal 424 424; seccomp 317 277;
    landlock_create_ruleset 444 444; landlock_add_rule 445 445; landlock_restrict_self 446 446; mount
    165 40; umount2 166 39; pivot_root 155 41; mount_setattr 442 442; capset 126 91; capget 125 90;
    unshare 272 97; setns 308 268; rt_sigqueueinfo 129 138; rt_tgsigqueueinfo 297 240; openat2 437 437;
    execve 59 221
"""


def numbers(machine: str) -> dict[str, int]:
    """The calls that ``machine`` has; none where it is neither of the two."""
    column = {"x86_64": 1, "aarch64": 2}.get(machine)
    if column is None:
        return {}
    rows = (entry.split() for entry in _TABLE.split(";"))
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}
