// What Swift cannot import from OpenSSL 3: function-like macros and 64-bit option macros.
#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
