// Owners of OpenSSL's objects, and its failures as exceptions.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace parley {

template <auto Free>
struct FreeWith {
  template <typename Object>
  void operator()(Object* object) const {
    Free(object);
  }
};

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, FreeWith<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeWith<EVP_MAC_CTX_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using TlsContext = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using TlsConnection = std::unique_ptr<SSL, FreeWith<SSL_free>>;
using BioMethod = std::unique_ptr<BIO_METHOD, FreeWith<BIO_meth_free>>;

/** Throws unless an OpenSSL function succeeded. */
inline void require(bool succeeded, const char* what) {
  if (!succeeded) throw std::runtime_error(std::string("OpenSSL could not ") + what + ".");
}

}  // namespace parley
