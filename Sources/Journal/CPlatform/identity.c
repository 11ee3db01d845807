#define _GNU_SOURCE
#include "CPlatformTLS.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct daybook_identity {
  X509 *certificate;
  STACK_OF(X509) *chain;
  EVP_PKEY *key;
};

void daybook_identity_free(daybook_identity *identity) {
  if (!identity) return;
  X509_free(identity->certificate);
  sk_X509_pop_free(identity->chain, X509_free);
  EVP_PKEY_free(identity->key);
  free(identity);
}

static daybook_identity *refuse(
  daybook_identity *identity, const char *reason, char *error, size_t room) {
  strncpy(error, reason, room - 1);
  error[room - 1] = 0;
  daybook_identity_free(identity);
  ERR_clear_error();
  return NULL;
}

/// A key under a passphrase is refused, not asked for on the terminal.
static int no_passphrase(char *buffer, int size, int writes, void *context) {
  (void)buffer, (void)size, (void)writes, (void)context;
  return -1;
}

daybook_identity *daybook_identity_read(
  const void *chain, size_t chain_count, const void *key, size_t key_count, char *error,
  size_t room) {
  ERR_clear_error();
  daybook_identity *identity = calloc(1, sizeof *identity);
  if (!identity) return NULL;
  identity->chain = sk_X509_new_null();
  BIO *source = BIO_new_mem_buf(chain, (int)chain_count);
  if (!source || !identity->chain) return refuse(identity, "memory is out", error, room);
  identity->certificate = PEM_read_bio_X509_AUX(source, NULL, no_passphrase, NULL);
  for (X509 *next; identity->certificate; sk_X509_push(identity->chain, next)) {
    next = PEM_read_bio_X509(source, NULL, no_passphrase, NULL);
    if (!next) break;
  }
  BIO_free(source);
  if (!identity->certificate) return refuse(identity, "no certificate in PEM", error, room);
  source = BIO_new_mem_buf(key, (int)key_count);
  if (!source) return refuse(identity, "memory is out", error, room);
  identity->key = PEM_read_bio_PrivateKey(source, NULL, no_passphrase, NULL);
  BIO_free(source);
  if (!identity->key) return refuse(identity, "no private key in PEM", error, room);
  if (X509_check_private_key(identity->certificate, identity->key) != 1)
    return refuse(identity, "the private key is not that of the certificate", error, room);
  ERR_clear_error();
  return identity;
}

int daybook_identity_use(const daybook_identity *identity, SSL *ssl) {
  return SSL_use_cert_and_key(ssl, identity->certificate, identity->key, identity->chain, 1);
}

void daybook_identity_names(
  const daybook_identity *identity, void *context,
  void (*each)(void *context, const char *name, int is_address)) {
  GENERAL_NAMES *names = X509_get_ext_d2i(identity->certificate, NID_subject_alt_name, NULL, NULL);
  int count = names ? sk_GENERAL_NAME_num(names) : 0;
  for (int i = 0; i < count; i++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
    char text[256];
    if (name->type == GEN_DNS) {
      int length = ASN1_STRING_length(name->d.dNSName);
      const unsigned char *bytes = ASN1_STRING_get0_data(name->d.dNSName);
      // A name with a NUL inside is no name.
      if (length <= 0 || length > 253 || memchr(bytes, 0, (size_t)length)) continue;
      memcpy(text, bytes, (size_t)length);
      text[length] = 0;
      each(context, text, 0);
    } else if (name->type == GEN_IPADD) {
      int length = ASN1_STRING_length(name->d.iPAddress);
      int family = length == 4 ? AF_INET : length == 16 ? AF_INET6 : 0;
      if (family && inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), text, sizeof text))
        each(context, text, 1);
    }
  }
  GENERAL_NAMES_free(names);
  ERR_clear_error();
}

static int64_t seconds(const ASN1_TIME *time) {
  struct tm parts;
  memset(&parts, 0, sizeof parts);
  return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

void daybook_identity_validity(const daybook_identity *identity, int64_t *from, int64_t *until) {
  *from = seconds(X509_get0_notBefore(identity->certificate));
  *until = seconds(X509_get0_notAfter(identity->certificate));
}

void daybook_identity_fingerprint(const daybook_identity *identity, uint8_t *digest) {
  unsigned int count = 0;
  X509_digest(identity->certificate, EVP_sha256(), digest, &count);
}

// Making one

static int add_extension(X509 *certificate, X509V3_CTX *context, int nid, const char *value) {
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, value);
  int done = extension && X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return done;
}

static int add_names(X509 *certificate, const char *names) {
  GENERAL_NAMES *list = sk_GENERAL_NAME_new_null();
  char *copy = strdup(names), *rest = copy;
  int done = list && copy;
  for (char *line; done && (line = strsep(&rest, "\n"));) {
    if (!*line) continue;
    int is_address = strncmp(line, "IP:", 3) == 0;
    GENERAL_NAME *name =
      a2i_GENERAL_NAME(NULL, NULL, NULL, is_address ? GEN_IPADD : GEN_DNS, line + 3 * is_address, 0);
    done = name && sk_GENERAL_NAME_push(list, name);
  }
  done = done && X509_add1_ext_i2d(certificate, NID_subject_alt_name, list, 0, 0);
  GENERAL_NAMES_free(list);
  free(copy);
  return done;
}

static int describe(X509 *certificate, EVP_PKEY *key, const char *names, int64_t from, int64_t until) {
  unsigned char serial[16];
  if (RAND_bytes(serial, sizeof serial) != 1) return 0;
  serial[0] = (serial[0] & 0x7f) | 0x40;
  BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
  int done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  char common[65] = "";
  strncpy(common, names, sizeof common - 1);
  common[strcspn(common, "\n")] = 0;
  X509_NAME *subject = X509_get_subject_name(certificate);
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
  return done && X509_set_version(certificate, X509_VERSION_3) &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)from) &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)until) &&
         X509_NAME_add_entry_by_txt(
           subject, "CN", MBSTRING_UTF8, (const unsigned char *)common, -1, -1, 0) &&
         X509_set_issuer_name(certificate, subject) && X509_set_pubkey(certificate, key) &&
         add_extension(certificate, &context, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, &context, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, &context, NID_ext_key_usage, "serverAuth") &&
         add_extension(certificate, &context, NID_subject_key_identifier, "hash") &&
         add_names(certificate, names) && X509_sign(certificate, key, EVP_sha256());
}

static char *text_of(BIO *bio) {
  char *bytes = NULL;
  long count = BIO_get_mem_data(bio, &bytes);
  return count > 0 ? strndup(bytes, (size_t)count) : NULL;
}

int daybook_identity_make(
  const char *names, int64_t from, int64_t until, void *context,
  void (*give)(void *context, const char *certificate, const char *key)) {
  ERR_clear_error();
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = X509_new();
  BIO *public_text = BIO_new(BIO_s_mem()), *private_text = BIO_new(BIO_s_secmem());
  int done = key && certificate && public_text && private_text &&
             describe(certificate, key, names, from, until) &&
             PEM_write_bio_X509(public_text, certificate) &&
             PEM_write_bio_PKCS8PrivateKey(private_text, key, NULL, NULL, 0, NULL, NULL);
  char *certificate_pem = done ? text_of(public_text) : NULL;
  char *key_pem = done ? text_of(private_text) : NULL;
  done = certificate_pem && key_pem;
  if (done) give(context, certificate_pem, key_pem);
  if (key_pem) OPENSSL_cleanse(key_pem, strlen(key_pem));
  free(key_pem);
  free(certificate_pem);
  BIO_free(public_text);
  BIO_free(private_text);
  X509_free(certificate);
  EVP_PKEY_free(key);
  ERR_clear_error();
  return done;
}
