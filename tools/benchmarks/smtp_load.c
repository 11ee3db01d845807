/* Sends messages by SMTP as fast as the server takes them, and says how it went.
 *
 *   smtp_load HOST PORT SESSIONS MESSAGES OCTETS RECIPIENT [PER_CONNECTION [SENDER [AUTH]]]
 *
 * One thread on epoll holds SESSIONS conversations. Each sends one message after another: MAIL,
 * RCPT and DATA in one packet where the server announces PIPELINING (RFC 2920), else one by one,
 * then the message of about OCTETS octets and its end in as few packets as the socket takes. After
 * PER_CONNECTION messages (100 by default) a conversation ends with QUIT and a new one begins.
 * A # in RECIPIENT is the number of the message modulo 1,000. AUTH is what stands behind AUTH PLAIN.
 * Every message has its own Subject and Message-ID. A refusal or a lost connection ends the run.
 *
 * Prints one line of JSON: messages, seconds, median and 99th percentile of the milliseconds from
 * the end of a message to its 250, and the processor seconds the load itself took. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum phase { GREETING, HELLO, SIGN_IN, MAIL, RCPT, DATA, CONTENT, GOODBYE };

struct session {
  int socket, has_pipelining, sent_here, is_watching_output;
  enum phase phase;
  char reply[2048];
  size_t reply_count;
  /* What is still to be sent: a head of its own, then the shared text. */
  char head[1024];
  size_t head_count, head_sent, text_count, text_sent;
  double ended_at;
  long number;
};

static struct sockaddr_in server;
static const char *recipient, *sender = "load@elsewhere.test", *authentication;
static long wanted, started, accepted;
static int per_connection = 100, poller, open_count;
static char *text;
static size_t text_count;
static float *waits;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void die(const char *what, const char *detail) {
  fprintf(stderr, "smtp_load: %s: %s\n", what, detail);
  exit(1);
}

static void watch(struct session *s, int operation, int output) {
  struct epoll_event event = {.events = EPOLLIN | (output ? EPOLLOUT : 0), .data.ptr = s};
  if (epoll_ctl(poller, operation, s->socket, &event)) die("epoll_ctl", strerror(errno));
  s->is_watching_output = output;
}

static void open_session(struct session *s) {
  int one = 1;
  s->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(s->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(s->socket, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS)
    die("connect", strerror(errno));
  s->phase = GREETING;
  s->has_pipelining = s->sent_here = 0;
  s->reply_count = s->head_count = s->head_sent = s->text_count = s->text_sent = 0;
  watch(s, EPOLL_CTL_ADD, 0);
  open_count++;
}

static void push(struct session *s) {
  while (s->head_sent < s->head_count || s->text_sent < s->text_count) {
    struct iovec parts[2] = {
      {s->head + s->head_sent, s->head_count - s->head_sent},
      {text + s->text_sent, s->text_count - s->text_sent}};
    ssize_t sent = writev(s->socket, parts, 2);
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) die("write", strerror(errno));
    size_t of_head = (size_t)sent < parts[0].iov_len ? (size_t)sent : parts[0].iov_len;
    s->head_sent += of_head;
    s->text_sent += (size_t)sent - of_head;
  }
  int is_waiting = s->head_sent < s->head_count || s->text_sent < s->text_count;
  if (is_waiting != s->is_watching_output) watch(s, EPOLL_CTL_MOD, is_waiting);
}

static void say(struct session *s, int with_text) {
  s->head_count = strlen(s->head);
  s->text_count = with_text ? text_count : 0;
  s->head_sent = s->text_sent = 0;
  push(s);
}

/* The address behind RCPT for a message. */
static const char *address(long number) {
  static char made[320];
  const char *mark = strchr(recipient, '#');
  if (!mark) return recipient;
  snprintf(made, sizeof made, "%.*s%ld%s", (int)(mark - recipient), recipient, number % 1000, mark + 1);
  return made;
}

static void begin(struct session *s) {
  if (started == wanted || s->sent_here == per_connection) {
    s->phase = GOODBYE;
    strcpy(s->head, "QUIT\r\n");
  } else {
    s->number = ++started;
    s->sent_here++;
    s->phase = MAIL;
    snprintf(s->head, sizeof s->head, s->has_pipelining
      ? "MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n"
      : "MAIL FROM:<%s>\r\n", sender, address(s->number));
  }
  say(s, 0);
}

static void send_message(struct session *s) {
  snprintf(s->head, sizeof s->head,
    "From: Load <%s>\r\nTo: <%s>\r\nSubject: number %08ld of the load\r\n"
    "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <%08ld.%d@elsewhere.test>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n",
    sender, address(s->number), s->number, s->number, (int)getpid());
  s->phase = CONTENT;
  say(s, 1);
  s->ended_at = now();
}

static void hear(struct session *s, const char *line) {
  if (s->phase == HELLO && strstr(line, "PIPELINING")) s->has_pipelining = 1;
  if (line[3] == '-') return;
  if (line[0] != '2' && line[0] != '3') die("refused", line);
  switch (s->phase) {
  case GREETING:
    s->phase = HELLO;
    strcpy(s->head, "EHLO load.test\r\n");
    say(s, 0);
    break;
  case HELLO:
    if (!authentication) {
      begin(s);
      break;
    }
    s->phase = SIGN_IN;
    snprintf(s->head, sizeof s->head, "AUTH PLAIN %s\r\n", authentication);
    say(s, 0);
    break;
  case SIGN_IN: begin(s); break;
  case MAIL:
    s->phase = RCPT;
    if (s->has_pipelining) break;
    snprintf(s->head, sizeof s->head, "RCPT TO:<%s>\r\n", address(s->number));
    say(s, 0);
    break;
  case RCPT:
    s->phase = DATA;
    if (s->has_pipelining) break;
    strcpy(s->head, "DATA\r\n");
    say(s, 0);
    break;
  case DATA: send_message(s); break;
  case CONTENT:
    waits[accepted++] = (float)(now() - s->ended_at);
    begin(s);
    break;
  case GOODBYE:
    close(s->socket);
    s->socket = -1;
    open_count--;
    if (started < wanted) open_session(s);
    break;
  }
}

static void receive(struct session *s) {
  ssize_t count = read(s->socket, s->reply + s->reply_count, sizeof s->reply - 1 - s->reply_count);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) die("connection lost", count < 0 ? strerror(errno) : "closed by the server");
  s->reply_count += (size_t)count;
  s->reply[s->reply_count] = 0;
  char *line = s->reply, *end;
  while ((end = strstr(line, "\r\n"))) {
    *end = 0;
    int is_last = s->phase == GOODBYE;
    hear(s, line);
    if (is_last) return;
    line = end + 2;
  }
  s->reply_count -= (size_t)(line - s->reply);
  memmove(s->reply, line, s->reply_count);
}

static int order(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

int main(int count, char **words) {
  if (count < 7) return fprintf(stderr, "smtp_load HOST PORT SESSIONS MESSAGES OCTETS RECIPIENT [PER_CONNECTION [SENDER [AUTH]]]\n"), 2;
  server.sin_family = AF_INET;
  server.sin_port = htons((unsigned short)atoi(words[2]));
  if (inet_pton(AF_INET, words[1], &server.sin_addr) != 1) die("not an address", words[1]);
  int sessions = atoi(words[3]);
  wanted = atol(words[4]);
  if (sessions > wanted) sessions = (int)wanted;
  recipient = words[6];
  if (count > 7) per_connection = atoi(words[7]);
  if (count > 8) sender = words[8];
  if (count > 9) authentication = words[9];

  /* Lines of 72 letters; 300 octets of the message are its header. */
  long lines = (atol(words[5]) - 300) / 74;
  text = malloc((size_t)(lines > 0 ? lines : 0) * 74 + 8);
  for (long i = 0; i < lines; i++) {
    for (int j = 0; j < 72; j++)
      text[text_count++] = j % 7 == 6 ? ' ' : (char)('a' + (i * 5 + j * 3) % 26);
    text[text_count++] = '\r';
    text[text_count++] = '\n';
  }
  memcpy(text + text_count, ".\r\n", 3);
  text_count += 3;

  waits = calloc((size_t)wanted + 1, sizeof *waits);
  poller = epoll_create1(0);
  struct session *all = calloc((size_t)sessions, sizeof *all);
  double from = now();
  for (int i = 0; i < sessions; i++) open_session(&all[i]);
  struct epoll_event events[256];
  while (open_count > 0) {
    int ready = epoll_wait(poller, events, 256, 60000);
    if (ready == 0) die("nothing happened", "for 60 s");
    for (int i = 0; i < ready; i++) {
      struct session *s = events[i].data.ptr;
      if (events[i].events & EPOLLOUT) push(s);
      if (events[i].events & ~(unsigned)EPOLLOUT) receive(s);
    }
  }
  double seconds = now() - from;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  qsort(waits, (size_t)accepted, sizeof *waits, order);
  printf("{\"messages\": %ld, \"seconds\": %.6f, \"median_ms\": %.3f, \"p99_ms\": %.3f, \"load_cpu\": %.3f}\n",
    accepted, seconds, waits[accepted / 2] * 1e3, waits[accepted * 99 / 100] * 1e3,
    (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6);
  return accepted != wanted;
}
