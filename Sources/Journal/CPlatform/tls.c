#define _GNU_SOURCE
#include "CPlatformTLS.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Contexts

/// Forward secrecy and authenticated encryption only. The TLS 1.3 suites are OpenSSL's defaults.
static const char ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// Elliptic curves only: a client that asks for an 8,192-bit group would cost the server dearly.
static const char groups[] = "X25519:P-256:P-384";

SSL_CTX *daybook_tls_context(int is_server, int least_version) {
  ERR_clear_error();
  SSL_CTX *context = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());
  if (!context) return NULL;
  SSL_CTX_set_mode(
    context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(
    context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
               SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_read_ahead(context, 1);
  static const unsigned char name[] = "daybook";
  SSL_CTX_set_session_id_context(context, name, sizeof name - 1);
  if (is_server) {
    // Resumption is by tickets; no session is kept in memory.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_timeout(context, 4 * 3600);
  }
  if (!SSL_CTX_set_min_proto_version(context, least_version) ||
      !SSL_CTX_set_cipher_list(context, ciphers) || !SSL_CTX_set1_groups_list(context, groups)) {
    SSL_CTX_free(context);
    context = NULL;
  }
  ERR_clear_error();
  return context;
}

void daybook_tls_on_hello(
  SSL_CTX *context, int (*choose)(SSL *ssl, void *argument), void *argument) {
  SSL_CTX_set_cert_cb(context, choose, argument);
}

struct ticket_source {
  daybook_tls_find_keys find;
  void *argument;
};

static int source_index = -1;

static void free_source(
  void *parent, void *source, CRYPTO_EX_DATA *data, int index, long argl, void *argp) {
  (void)parent, (void)data, (void)index, (void)argl, (void)argp;
  free(source);
}

static void make_source_index(void) {
  source_index =
    CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL_CTX, 0, NULL, NULL, NULL, free_source);
}

static int seal_ticket(
  SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
  int encrypts) {
  const struct ticket_source *source = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), source_index);
  uint8_t keys[80];
  int found = source ? source->find(source->argument, encrypts ? NULL : name, keys) : 0;
  if (!found) return 0;
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, keys + 48, 32),
    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "sha256", 0), OSSL_PARAM_construct_end()};
  int done;
  if (encrypts) {
    memcpy(name, keys, 16);
    done = RAND_bytes(iv, 16) == 1 &&
           EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, keys + 16, iv);
  } else {
    done = EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, keys + 16, iv);
  }
  done = done && EVP_MAC_CTX_set_params(mac, params);
  OPENSSL_cleanse(keys, sizeof keys);
  return done ? found : -1;
}

int daybook_tls_on_ticket(SSL_CTX *context, daybook_tls_find_keys find, void *argument) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_source_index);
  struct ticket_source *source = malloc(sizeof *source);
  if (!source) return 0;
  source->find = find;
  source->argument = argument;
  SSL_CTX_set_ex_data(context, source_index, source);
  return SSL_CTX_set_tlsext_ticket_key_evp_cb(context, seal_ticket) == 1;
}

int daybook_tls_trust(SSL_CTX *context, const char *file) {
  ERR_clear_error();
  int done = file ? SSL_CTX_load_verify_file(context, file) : SSL_CTX_set_default_verify_paths(context);
  ERR_clear_error();
  return done;
}

// Connections

/// The reason of the last error, as text; the queue is empty afterwards.
static void explain(SSL *ssl, char *error, size_t room) {
  unsigned long code = ERR_peek_last_error();
  const char *reason = code ? ERR_reason_error_string(code) : NULL;
  // The verdict on the peer's certificate is kept also where nobody asked for it; it is the reason
  // only where the handshake failed of it.
  if (ssl && ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED)
    reason = X509_verify_cert_error_string(SSL_get_verify_result(ssl));
  strncpy(error, reason ? reason : "connection lost", room - 1);
  error[room - 1] = 0;
  ERR_clear_error();
}

static int judge(SSL *ssl, int result, char *error, size_t room) {
  switch (SSL_get_error(ssl, result)) {
  case SSL_ERROR_WANT_READ: return DAYBOOK_TLS_WANTS_READ;
  case SSL_ERROR_WANT_WRITE: return DAYBOOK_TLS_WANTS_WRITE;
  case SSL_ERROR_ZERO_RETURN: ERR_clear_error(); return DAYBOOK_TLS_ENDED;
  default: explain(ssl, error, room); return DAYBOOK_TLS_FAILED;
  }
}

SSL *daybook_tls_open(SSL_CTX *context, int descriptor, int is_server, int least_version) {
  ERR_clear_error();
  SSL *ssl = SSL_new(context);
  if (ssl && (!SSL_set_fd(ssl, descriptor) || !SSL_set_min_proto_version(ssl, least_version))) {
    SSL_free(ssl);
    ssl = NULL;
  }
  if (ssl && is_server) SSL_set_accept_state(ssl);
  if (ssl && !is_server) SSL_set_connect_state(ssl);
  ERR_clear_error();
  return ssl;
}

int daybook_tls_expect(SSL *ssl, const char *name, int is_address, int verifies) {
  ERR_clear_error();
  int done = 1;
  if (!is_address) done = SSL_set_tlsext_host_name(ssl, name) == 1;
  if (done && verifies) {
    SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    done = is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1
                      : SSL_set1_host(ssl, name) == 1;
  }
  ERR_clear_error();
  return done;
}

int daybook_tls_handshake(SSL *ssl, char *error, size_t room) {
  ERR_clear_error();
  int result = SSL_do_handshake(ssl);
  return result == 1 ? 1 : judge(ssl, result, error, room);
}

ssize_t daybook_tls_read(SSL *ssl, void *bytes, size_t count, char *error, size_t room) {
  size_t moved = 0;
  ERR_clear_error();
  int result = SSL_read_ex(ssl, bytes, count, &moved);
  return result == 1 ? (ssize_t)moved : judge(ssl, result, error, room);
}

ssize_t daybook_tls_write(SSL *ssl, const void *bytes, size_t count, char *error, size_t room) {
  size_t moved = 0;
  ERR_clear_error();
  int result = SSL_write_ex(ssl, bytes, count, &moved);
  return result == 1 ? (ssize_t)moved : judge(ssl, result, error, room);
}

void daybook_tls_end(SSL *ssl) {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl)) SSL_shutdown(ssl);
  ERR_clear_error();
}

void daybook_tls_free(SSL *ssl) {
  SSL_free(ssl);
  ERR_clear_error();
}

// Channel bindings

int daybook_tls_exporter(SSL *ssl, uint8_t *binding) {
  static const char label[] = "EXPORTER-Channel-Binding";
  if (SSL_version(ssl) < TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1) return 0;
  ERR_clear_error();
  int done = SSL_export_keying_material(
    ssl, binding, 32, label, sizeof label - 1, (const unsigned char *)"", 0, 1);
  ERR_clear_error();
  return done == 1;
}

int daybook_tls_end_point(SSL *ssl, int is_server, uint8_t *binding, size_t room) {
  X509 *certificate = is_server ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl);
  int digest_nid = NID_undef, key_nid = NID_undef;
  if (!certificate || !OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest_nid, &key_nid))
    return 0;
  // RFC 5929 §4.1: MD5 and SHA-1 give way to SHA-256; a signature without a hash has no binding.
  if (digest_nid == NID_md5 || digest_nid == NID_sha1) digest_nid = NID_sha256;
  const EVP_MD *digest = EVP_get_digestbynid(digest_nid);
  unsigned int count = 0;
  if (!digest || (size_t)EVP_MD_get_size(digest) > room) return 0;
  int done = X509_digest(certificate, digest, binding, &count);
  ERR_clear_error();
  return done ? (int)count : 0;
}

int daybook_tls_unique(SSL *ssl, int is_server, uint8_t *binding, size_t room) {
  if (SSL_version(ssl) != TLS1_2_VERSION || SSL_get_extms_support(ssl) != 1) return 0;
  // The first Finished of the handshake: the client's, or the server's where one was resumed.
  int is_mine = is_server == (SSL_session_reused(ssl) == 1);
  size_t count = is_mine ? SSL_get_finished(ssl, binding, room)
                         : SSL_get_peer_finished(ssl, binding, room);
  return count <= room ? (int)count : 0;
}
