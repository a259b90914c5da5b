// DTLS of one peer, which agrees on the keys of SRTP (RFC 5764).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "bytes.h"
#include "openssl_pointers.h"
#include "srtp_session.h"

namespace parley {

constexpr std::size_t sha256Bytes = 32;

/** Settings that all peers share. */
class DtlsSettings {
 public:
  DtlsSettings();
  SSL_CTX* context() const { return context_.get(); }
  const BIO_METHOD* method() const { return method_.get(); }

 private:
  TlsContext context_;
  BioMethod method_;
};

/** What the peer's description says about its certificate. */
struct PeerFingerprint {
  /** Name of the hash, such as `sha-256`. */
  std::string algorithm;
  std::vector<std::uint8_t> digest;
};

enum class DtlsRole { server, client };

class DtlsSession {
 public:
  enum class State { handshaking, connected, ended };
  using Send = std::function<void(Bytes)>;

  /**
   * Creates a certificate of its own, because browsers take a known one for the same connection.
   * @throws std::invalid_argument for a hash that is unknown or of the wrong length
   */
  DtlsSession(const DtlsSettings& settings, DtlsRole role, PeerFingerprint peer, Send send);
  DtlsSession(const DtlsSession&) = delete;
  DtlsSession& operator=(const DtlsSession&) = delete;
  ~DtlsSession();

  /** Replaces the fingerprint, for a side that learns it after it has described itself. */
  void expect(PeerFingerprint peer);
  /** Sends the first flight as the client; does nothing as the server. */
  void start();
  void receive(Bytes datagram);
  /** Repeats a flight whose time has come. */
  void tick();
  /** Tells the peer that the connection ends. */
  void close();

  State state() const { return state_; }
  const std::array<std::uint8_t, sha256Bytes>& fingerprint() const { return fingerprint_; }
  /** The keys of a connected session. */
  std::unique_ptr<SrtpSession> createSrtp() const;

 private:
  friend struct DtlsCallbacks;

  void proceed();
  bool verifies(X509* certificate) const;
  /** Sends one datagram, unless an unfinished handshake has sent its share. */
  void emit(Bytes datagram);

  DtlsRole role_;
  PeerFingerprint peer_;
  const EVP_MD* hash_;
  Send send_;
  State state_ = State::handshaking;
  Bytes incoming_;
  std::size_t flightDatagrams_ = 0;
  std::array<std::uint8_t, sha256Bytes> fingerprint_{};
  TlsConnection tls_;
};

}  // namespace parley
