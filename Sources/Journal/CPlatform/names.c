#define _DEFAULT_SOURCE
#include "CPlatformNames.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

int daybook_dns_query(
  const char *name, uint16_t type, uint16_t id, uint16_t payload, uint8_t *query, int room) {
  // A state of our own: nothing of /etc/resolv.conf concerns the making of a message.
  struct __res_state state;
  memset(&state, 0, sizeof state);
  state.options = RES_INIT | RES_RECURSE;
  int count = res_nmkquery(&state, ns_o_query, name, ns_c_in, type, NULL, 0, NULL, query, room);
  if (count < NS_HFIXEDSZ) return -1;
  query[0] = (uint8_t)(id >> 8);
  query[1] = (uint8_t)id;
  query[3] |= 0x20;  // AD: the answer may say whether it was checked. RFC 6840 §5.7
  if (payload == 0) return count;
  uint8_t option[11] = {0, 0, ns_t_opt, (uint8_t)(payload >> 8), (uint8_t)payload};
  if (count + (int)sizeof option > room) return -1;
  memcpy(query + count, option, sizeof option);
  query[11] = 1;
  return count + (int)sizeof option;
}

static int parse(const uint8_t *message, int count, ns_msg *handle) {
  if (count < NS_HFIXEDSZ || count > 65535) return -1;
  return ns_initparse(message, count, handle);
}

int daybook_dns_head_of(const uint8_t *message, int count, daybook_dns_head *head, char *name) {
  ns_msg handle;
  ns_rr question;
  memset(head, 0, sizeof *head);
  name[0] = 0;
  if (parse(message, count, &handle)) return -1;
  head->id = ns_msg_id(handle);
  head->is_response = ns_msg_getflag(handle, ns_f_qr) && !ns_msg_getflag(handle, ns_f_opcode);
  head->is_truncated = (uint8_t)ns_msg_getflag(handle, ns_f_tc);
  head->is_authentic = (uint8_t)ns_msg_getflag(handle, ns_f_ad);
  head->response_code = (uint8_t)ns_msg_getflag(handle, ns_f_rcode);
  head->questions = ns_msg_count(handle, ns_s_qd);
  if (head->questions != 1) return 0;
  if (ns_parserr(&handle, ns_s_qd, 0, &question)) return -1;
  head->type = ns_rr_type(question);
  head->class = ns_rr_class(question);
  strcpy(name, ns_rr_name(question));
  return 0;
}

static int expand(ns_msg *handle, const uint8_t *from, char *name) {
  return dn_expand(ns_msg_base(*handle), ns_msg_end(*handle), from, name, DAYBOOK_NAME_ROOM);
}

/// Reads the names and numbers in the data of one record. -1 where they are malformed.
static int read_data(ns_msg *handle, ns_rr *rr, daybook_dns_record *record, char *name) {
  const uint8_t *data = ns_rr_rdata(*rr);
  int count = ns_rr_rdlen(*rr);
  switch (ns_rr_type(*rr)) {
  case ns_t_cname:
  case ns_t_ptr:
    if (expand(handle, data, name) != count) return -1;
    record->name = name;
    return 0;
  case ns_t_mx:
    if (count < 3 || expand(handle, data + 2, name) != count - 2) return -1;
    record->number = ns_get16(data);
    record->name = name;
    return 0;
  case ns_t_soa: {
    int first = expand(handle, data, name);
    if (first < 0 || first >= count) return -1;
    int second = expand(handle, data + first, name);
    if (second < 0 || first + second + 20 != count) return -1;
    record->number = (uint32_t)ns_get32(data + count - 4);
    return 0;
  }
  default: return 0;
  }
}

int daybook_dns_records(
  const uint8_t *message, int count, void *context,
  void (*each)(void *context, const daybook_dns_record *record)) {
  static const ns_sect sections[] = {ns_s_an, ns_s_ns};
  ns_msg handle;
  if (parse(message, count, &handle)) return -1;
  for (int section = 0; section < 2; section++) {
    for (int i = 0; i < ns_msg_count(handle, sections[section]); i++) {
      char name[DAYBOOK_NAME_ROOM];
      ns_rr rr;
      if (ns_parserr(&handle, sections[section], i, &rr)) return -1;
      if (ns_rr_class(rr) != ns_c_in) continue;
      daybook_dns_record record = {
        .section = (uint8_t)(section + 1),
        .type = ns_rr_type(rr),
        .ttl = ns_rr_ttl(rr),
        .owner = ns_rr_name(rr),
        .data = ns_rr_rdata(rr),
        .count = ns_rr_rdlen(rr)};
      if (read_data(&handle, &rr, &record, name)) return -1;
      each(context, &record);
    }
  }
  return 0;
}
