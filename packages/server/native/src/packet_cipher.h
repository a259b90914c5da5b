// Encrypting and authenticating packets with one session key of SRTP or SRTCP.
#pragma once

#include <memory>

#include "bytes.h"

namespace parley {

/** Numbers of the profiles as DTLS negotiates them (RFC 5764, RFC 7714). */
enum class SrtpProfile : std::uint16_t {
  aes128CmSha1_80 = 0x0001,
  aeadAes128Gcm = 0x0007,
  aeadAes256Gcm = 0x0008,
};

struct ProfileSizes {
  std::size_t keyBytes;
  std::size_t saltBytes;
  std::size_t tagBytes;
};

/** @throws std::invalid_argument for a profile that is not supported */
ProfileSizes sizesOf(SrtpProfile profile);

/** Master key and salt of one direction. */
struct MasterKey {
  Bytes key;
  Bytes salt;
};

/** The place of a packet in its stream, which must be unique for each key. */
struct PacketPlace {
  std::uint32_t ssrc;
  std::uint64_t index;
};

enum class PacketKind { rtp, rtcp };

/** What a session key is for; the number is that of SRTP, SRTCP's is higher by three (RFC 3711, section 4.3.2). */
enum class KeyUse : std::uint8_t { encryption = 0, authentication = 1, salt = 2 };

/** Derives a session key (RFC 3711, section 4.3.1; RFC 7714, section 11), with a key derivation rate of zero. */
void deriveKey(MasterKey master, PacketKind kind, KeyUse use, MutableBytes derived);

constexpr std::size_t authenticationKeyBytes = 20;

/** The keys of one cipher. AES-GCM uses no key for authentication. */
struct SessionKeys {
  Bytes encryption;
  Bytes authentication;
  Bytes salt;
};

/** A cipher for one direction and one kind of packets. Not safe between threads. */
class PacketCipher {
 public:
  PacketCipher() = default;
  PacketCipher(const PacketCipher&) = delete;
  PacketCipher& operator=(const PacketCipher&) = delete;
  virtual ~PacketCipher() = default;

  /**
   * Encrypts `text` in place and writes the tag. `head` comes before it on the wire in the clear, `trailer` is what else
   * is authenticated: the rollover counter in SRTP, the index word in SRTCP.
   */
  virtual void seal(PacketPlace place, Bytes head, MutableBytes text, Bytes trailer, MutableBytes tag) = 0;
  /** Checks the tag and decrypts `text` in place; false for a forged packet, whose text is then undefined. */
  virtual bool open(PacketPlace place, Bytes head, MutableBytes text, Bytes trailer, Bytes tag) = 0;

  /** @throws std::invalid_argument for a key or salt of the wrong length */
  static std::unique_ptr<PacketCipher> create(SrtpProfile profile, PacketKind kind, MasterKey master);
  static std::unique_ptr<PacketCipher> create(SrtpProfile profile, PacketKind kind, SessionKeys keys);
};

}  // namespace parley
