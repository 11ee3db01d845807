// The peer of `daybook bench`: the same tables, keys, bytes and syncs on bare LMDB.
//
//   journal_peer store DIR BATCH MILLISECONDS   commits of BATCH records; events per second
//   journal_peer scan DIR RECORDS               one cursor over RECORDS records, five times
//   journal_peer puts DIR EVENTS                three random rows for each event, unsynced
//
// Each prints one number: events per second.
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static void check(int code, const char *what) {
  if (code == MDB_SUCCESS) return;
  fprintf(stderr, "%s: %s\n", what, mdb_strerror(code));
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void big_endian(unsigned char *out, uint64_t number) {
  for (int i = 0; i < 8; i++) out[i] = (unsigned char)(number >> (56 - 8 * i));
}

static MDB_env *env;
static MDB_dbi events, tiles, meta;

static void open_environment(const char *path, unsigned flags) {
  MDB_txn *txn;
  mkdir(path, 0700);
  check(mdb_env_create(&env), "create");
  check(mdb_env_set_mapsize(env, (size_t)64 << 30), "map");
  check(mdb_env_set_maxdbs(env, 32), "tables");
  check(mdb_env_set_maxreaders(env, 4096), "readers");
  check(mdb_env_open(env, path, MDB_NOTLS | MDB_NORDAHEAD | flags, 0600), "open");
  check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
  check(mdb_dbi_open(txn, "event", MDB_CREATE, &events), "event");
  check(mdb_dbi_open(txn, "tile", MDB_CREATE, &tiles), "tile");
  check(mdb_dbi_open(txn, "meta", MDB_CREATE, &meta), "meta");
  check(mdb_txn_commit(txn), "commit");
}

static unsigned char record[300], tile[8192], tip[200];

static uint64_t commit(uint64_t position, int batch) {
  MDB_txn *txn;
  MDB_cursor *cursor;
  unsigned char number[8], tile_key[9];
  check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
  check(mdb_cursor_open(txn, events, &cursor), "cursor");
  for (int i = 0; i < batch; i++) {
    position++;
    big_endian(number, position);
    MDB_val key = {8, number}, value = {sizeof record, record};
    check(mdb_cursor_put(cursor, &key, &value, MDB_APPEND), "append");
    if (position % 256 == 0) {
      tile_key[0] = 0;
      big_endian(tile_key + 1, position / 256 - 1);
      MDB_val index = {9, tile_key}, hashes = {sizeof tile, tile};
      check(mdb_put(txn, tiles, &index, &hashes, 0), "tile");
    }
  }
  MDB_val key = {3, "tip"}, value = {sizeof tip, tip};
  check(mdb_put(txn, meta, &key, &value, 0), "tip");
  check(mdb_txn_commit(txn), "commit");
  return position;
}

static double store(int batch, uint64_t milliseconds) {
  uint64_t start = now(), end = start + milliseconds * 1000000u, position = 0;
  while (now() < end) position = commit(position, batch);
  return (double)position * 1e9 / (double)(now() - start);
}

static double scan(uint64_t count) {
  for (uint64_t position = 0; position < count;) position = commit(position, 512);
  uint64_t start = now(), seen = 0;
  volatile uint64_t sum = 0;
  for (int round = 0; round < 5; round++) {
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    check(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "begin");
    check(mdb_cursor_open(txn, events, &cursor), "cursor");
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
      sum += *(unsigned char *)value.mv_data + value.mv_size;
      seen++;
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
  }
  return (double)seen * 1e9 / (double)(now() - start);
}

static uint64_t state = 88172645463325252u;
static uint64_t random64(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

// Rows of 52 octets under keys of 20, as State's `message` table has them.
static double puts_per_event(uint64_t count) {
  unsigned char name[20], row[52];
  memset(row, 0x5A, sizeof row);
  uint64_t start = now();
  for (uint64_t done = 0; done < count;) {
    MDB_txn *txn;
    check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
    for (int i = 0; i < 10000 && done < count; i++, done++) {
      for (int j = 0; j < 3; j++) {
        big_endian(name, random64() % 200);
        big_endian(name + 8, 0);
        big_endian(name + 12, random64() % 20000);
        MDB_val key = {sizeof name, name}, value = {sizeof row, row};
        check(mdb_put(txn, events, &key, &value, 0), "put");
      }
    }
    check(mdb_txn_commit(txn), "commit");
  }
  return (double)count * 1e9 / (double)(now() - start);
}

int main(int argc, char **argv) {
  if (argc < 4) return fprintf(stderr, "usage: journal_peer store|scan|puts DIR N [MS]\n"), 2;
  memset(record, 0xDB, sizeof record);
  memset(tile, 0x71, sizeof tile);
  memset(tip, 0x3F, sizeof tip);
  int is_store = !strcmp(argv[1], "store");
  open_environment(argv[2], is_store ? 0 : MDB_NOSYNC);
  uint64_t number = strtoull(argv[3], NULL, 10);
  double rate = is_store ? store((int)number, argc > 4 ? strtoull(argv[4], NULL, 10) : 500)
                : !strcmp(argv[1], "scan") ? scan(number) : puts_per_event(number);
  mdb_env_close(env);
  printf("%.0f\n", rate);
  return 0;
}
