#include "dtls_session.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/srtp.h>
#include <openssl/x509.h>

namespace parley {

namespace {

/** Below the MTU of common tunnels, as browsers assume. */
constexpr long datagramBytes = 1200;
/** A handshake has about five datagrams; with repetitions over its deadline, this is ample. It bounds amplification. */
constexpr std::size_t mostHandshakeDatagrams = 60;
constexpr unsigned int firstRepeatUs = 100'000;
constexpr unsigned int longestRepeatUs = 1'600'000;
constexpr long certificateSeconds = 30L * 24 * 3600;

const char profiles[] = "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";
const char ciphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384";
const char exporterLabel[] = "EXTRACTOR-dtls_srtp";

struct KnownHash {
  const char* name;
  const EVP_MD* (*hash)();
};
/** RFC 8122 forbids MD5 and SHA-1. */
constexpr KnownHash knownHashes[] = {{"sha-256", EVP_sha256}, {"sha-384", EVP_sha384}, {"sha-512", EVP_sha512}};

const EVP_MD* hashNamed(const std::string& name) {
  for (const KnownHash& known : knownHashes) {
    if (name == known.name) return known.hash();
  }
  throw std::invalid_argument("The fingerprint's hash is not SHA-256, SHA-384 or SHA-512.");
}

Certificate selfSigned(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  std::uint64_t serial = 0;
  require(certificate && RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1,
          "create a certificate");
  X509* x509 = certificate.get();
  X509_NAME* name = X509_get_subject_name(x509);
  const unsigned char commonName[] = "parley";
  require(X509_set_version(x509, X509_VERSION_3) == 1 &&
              ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial) == 1 &&
              X509_gmtime_adj(X509_getm_notBefore(x509), -24L * 3600) != nullptr &&
              X509_gmtime_adj(X509_getm_notAfter(x509), certificateSeconds) != nullptr &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, commonName, -1, -1, 0) == 1 &&
              X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key) == 1 &&
              X509_sign(x509, key, EVP_sha256()) > 0,
          "sign a certificate");
  return certificate;
}

}  // namespace

/** The functions that OpenSSL calls. */
struct DtlsCallbacks {
  static DtlsSession& sessionOf(BIO* bio) { return *static_cast<DtlsSession*>(BIO_get_data(bio)); }

  static int write(BIO* bio, const char* data, int length) {
    if (length <= 0) return 0;
    sessionOf(bio).emit(Bytes(reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(length)));
    return length;
  }

  static int read(BIO* bio, char* data, int capacity) {
    DtlsSession& session = sessionOf(bio);
    BIO_clear_retry_flags(bio);
    if (session.incoming_.empty() || capacity <= 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const auto room = MutableBytes(reinterpret_cast<std::uint8_t*>(data), static_cast<std::size_t>(capacity));
    const Bytes datagram = session.incoming_.first(std::min(session.incoming_.size(), room.size()));
    copyBytes(datagram, room);
    session.incoming_ = {};
    return static_cast<int>(datagram.size());
  }

  static long control(BIO*, int command, long, void*) {
    switch (command) {
      case BIO_CTRL_FLUSH:
        return 1;
      case BIO_CTRL_DGRAM_QUERY_MTU:
      case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return datagramBytes;
      default:
        return 0;
    }
  }

  static int create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static unsigned int repeatAfter(SSL*, unsigned int previousUs) {
    return previousUs == 0 ? firstRepeatUs : std::min(2 * previousUs, longestRepeatUs);
  }

  /** Certificates are self-signed; the fingerprint in the peer's description says which one is right. */
  static int verify(X509_STORE_CTX* store, void*) {
    const auto* tls =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const auto* session = tls ? static_cast<const DtlsSession*>(SSL_get_app_data(tls)) : nullptr;
    X509* certificate = X509_STORE_CTX_get0_cert(store);
    if (session && certificate && session->verifies(certificate)) return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
  }
};

DtlsSettings::DtlsSettings()
    : context_(SSL_CTX_new(DTLS_method())), method_(BIO_meth_new(BIO_get_new_index(), "datagrams")) {
  SSL_CTX* context = context_.get();
  BIO_METHOD* method = method_.get();
  require(context && method, "prepare DTLS");
  require(SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
              SSL_CTX_set_cipher_list(context, ciphers) == 1 &&
              // Zero means success here.
              SSL_CTX_set_tlsext_use_srtp(context, profiles) == 0,
          "restrict DTLS to version 1.2 with SRTP");
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, DtlsCallbacks::verify, nullptr);
  require(BIO_meth_set_write(method, DtlsCallbacks::write) == 1 && BIO_meth_set_read(method, DtlsCallbacks::read) == 1 &&
              BIO_meth_set_ctrl(method, DtlsCallbacks::control) == 1 &&
              BIO_meth_set_create(method, DtlsCallbacks::create) == 1,
          "prepare datagrams");
}

DtlsSession::DtlsSession(const DtlsSettings& settings, DtlsRole role, PeerFingerprint peer, Send send)
    : role_(role),
      hash_(hashNamed(peer.algorithm)),
      send_(std::move(send)),
      tls_(SSL_new(settings.context())) {
  expect(std::move(peer));
  const PrivateKey key(EVP_EC_gen("P-256"));
  require(tls_ && key, "create a key");
  const Certificate certificate = selfSigned(key.get());
  unsigned int written = 0;
  SSL* tls = tls_.get();
  require(X509_digest(certificate.get(), EVP_sha256(), fingerprint_.data(), &written) == 1 &&
              SSL_use_certificate(tls, certificate.get()) == 1 && SSL_use_PrivateKey(tls, key.get()) == 1,
          "use a certificate");
  BIO* bio = BIO_new(settings.method());
  require(bio != nullptr, "prepare datagrams");
  BIO_set_data(bio, this);
  // The connection owns it from here on.
  SSL_set_bio(tls, bio, bio);
  SSL_set_app_data(tls, this);
  SSL_set_mtu(tls, datagramBytes);
  DTLS_set_timer_cb(tls, DtlsCallbacks::repeatAfter);
  if (role_ == DtlsRole::server) {
    SSL_set_accept_state(tls);
  } else {
    SSL_set_connect_state(tls);
  }
}

DtlsSession::~DtlsSession() { send_ = nullptr; }

void DtlsSession::expect(PeerFingerprint peer) {
  const EVP_MD* hash = hashNamed(peer.algorithm);
  if (peer.digest.size() != static_cast<std::size_t>(EVP_MD_get_size(hash))) {
    throw std::invalid_argument("The fingerprint's length does not fit its hash.");
  }
  hash_ = hash;
  peer_ = std::move(peer);
}

void DtlsSession::start() {
  if (role_ == DtlsRole::client && state_ == State::handshaking) proceed();
}

void DtlsSession::receive(Bytes datagram) {
  if (state_ == State::ended) return;
  incoming_ = datagram;
  proceed();
  incoming_ = {};
}

void DtlsSession::tick() {
  if (state_ != State::handshaking) return;
  ERR_clear_error();
  if (DTLSv1_handle_timeout(tls_.get()) < 0) state_ = State::ended;
}

void DtlsSession::close() {
  if (state_ == State::connected) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  state_ = State::ended;
}

void DtlsSession::proceed() {
  SSL* tls = tls_.get();
  ERR_clear_error();
  int result = 0;
  if (state_ == State::handshaking) {
    result = SSL_do_handshake(tls);
    if (result == 1) state_ = State::connected;
  }
  if (state_ == State::connected) {
    // Nothing but alerts matters; whatever else comes is read and dropped.
    std::array<std::uint8_t, 2048> dropped;
    do {
      result = SSL_read(tls, dropped.data(), static_cast<int>(dropped.size()));
    } while (result > 0);
  }
  const int error = SSL_get_error(tls, result);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_NONE) {
    state_ = State::ended;
  }
  ERR_clear_error();
}

bool DtlsSession::verifies(X509* certificate) const {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (X509_digest(certificate, hash_, digest.data(), &length) != 1 || length != peer_.digest.size()) return false;
  return CRYPTO_memcmp(digest.data(), peer_.digest.data(), length) == 0;
}

void DtlsSession::emit(Bytes datagram) {
  if (!send_) return;
  if (state_ != State::connected) {
    if (flightDatagrams_ >= mostHandshakeDatagrams) return;
    flightDatagrams_ += 1;
  }
  send_(datagram);
}

std::unique_ptr<SrtpSession> DtlsSession::createSrtp() const {
  const SRTP_PROTECTION_PROFILE* chosen = SSL_get_selected_srtp_profile(tls_.get());
  if (state_ != State::connected || chosen == nullptr) return nullptr;
  const auto profile = static_cast<SrtpProfile>(chosen->id);
  const auto [keyBytes, saltBytes, tagBytes] = sizesOf(profile);
  std::array<std::uint8_t, 2 * (32 + 14)> material{};
  const std::size_t length = 2 * (keyBytes + saltBytes);
  require(SSL_export_keying_material(tls_.get(), material.data(), length, exporterLabel, sizeof exporterLabel - 1,
                                     nullptr, 0, 0) == 1,
          "export keys");
  const Bytes all(material);
  const MasterKey client{all.subspan(0, keyBytes), all.subspan(2 * keyBytes, saltBytes)};
  const MasterKey server{all.subspan(keyBytes, keyBytes), all.subspan(2 * keyBytes + saltBytes, saltBytes)};
  auto session = role_ == DtlsRole::server ? std::make_unique<SrtpSession>(profile, server, client)
                                           : std::make_unique<SrtpSession>(profile, client, server);
  OPENSSL_cleanse(material.data(), material.size());
  return session;
}

}  // namespace parley
