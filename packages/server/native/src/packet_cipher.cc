#include "packet_cipher.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include "openssl_pointers.h"

namespace parley {

namespace {

constexpr std::size_t blockBytes = 16;
constexpr std::size_t longestSaltBytes = 14;
constexpr std::size_t sha1Bytes = 20;
constexpr std::size_t longestKeyBytes = 32;

int lengthOf(Bytes bytes) { return static_cast<int>(bytes.size()); }

/** AES in counter mode: SRTP's key derivation, and its older cipher. */
class CounterMode {
 public:
  explicit CounterMode(Bytes key) : context_(EVP_CIPHER_CTX_new()) {
    const EVP_CIPHER* cipher = key.size() == longestKeyBytes ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
    require(context_ && EVP_EncryptInit_ex(context_.get(), cipher, nullptr, key.data(), nullptr) == 1,
            "prepare AES-CTR");
  }

  void apply(const std::array<std::uint8_t, blockBytes>& counter, MutableBytes text) {
    int written = 0;
    require(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, counter.data()) == 1 &&
                EVP_EncryptUpdate(context_.get(), text.data(), &written, text.data(), lengthOf(text)) == 1,
            "encrypt with AES-CTR");
  }

 private:
  CipherContext context_;
};

/** AES-CM with HMAC-SHA1 (RFC 3711). */
class CmHmacCipher final : public PacketCipher {
 public:
  explicit CmHmacCipher(SessionKeys keys)
      : counterMode_(keys.encryption), mac_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)) {
    copyBytes(keys.salt, salt_);
    macContext_.reset(mac_ ? EVP_MAC_CTX_new(mac_.get()) : nullptr);
    char digest[] = "SHA1";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    require(macContext_ && EVP_MAC_init(macContext_.get(), keys.authentication.data(), keys.authentication.size(),
                                        parameters) == 1,
            "prepare HMAC-SHA1");
  }

  void seal(PacketPlace place, Bytes head, MutableBytes text, Bytes trailer, MutableBytes tag) override {
    counterMode_.apply(counterOf(place), text);
    const auto mac = macOf(head, text, trailer);
    copyBytes(Bytes(mac).first(tag.size()), tag);
  }

  bool open(PacketPlace place, Bytes head, MutableBytes text, Bytes trailer, Bytes tag) override {
    const auto mac = macOf(head, text, trailer);
    if (tag.size() > mac.size() || CRYPTO_memcmp(mac.data(), tag.data(), tag.size()) != 0) return false;
    counterMode_.apply(counterOf(place), text);
    return true;
  }

 private:
  std::array<std::uint8_t, blockBytes> counterOf(PacketPlace place) const {
    std::array<std::uint8_t, blockBytes> counter = salt_;
    xorNumber(counter, 4, place.ssrc, 4);
    xorNumber(counter, 8, place.index, 6);
    return counter;
  }

  std::array<std::uint8_t, sha1Bytes> macOf(Bytes head, Bytes text, Bytes trailer) {
    std::array<std::uint8_t, sha1Bytes> mac{};
    std::size_t written = 0;
    EVP_MAC_CTX* context = macContext_.get();
    // Without a key, the previous one stays.
    require(EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
                EVP_MAC_update(context, head.data(), head.size()) == 1 &&
                EVP_MAC_update(context, text.data(), text.size()) == 1 &&
                EVP_MAC_update(context, trailer.data(), trailer.size()) == 1 &&
                EVP_MAC_final(context, mac.data(), &written, mac.size()) == 1,
            "compute HMAC-SHA1");
    return mac;
  }

  CounterMode counterMode_;
  Mac mac_;
  MacContext macContext_;
  std::array<std::uint8_t, blockBytes> salt_{};
};

/** AES-GCM (RFC 7714). */
class GcmCipher final : public PacketCipher {
 public:
  GcmCipher(PacketKind kind, SessionKeys keys) : kind_(kind), context_(EVP_CIPHER_CTX_new()) {
    copyBytes(keys.salt, salt_);
    const EVP_CIPHER* cipher =
        keys.encryption.size() == longestKeyBytes ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
    // The nonce is 12 bytes long, which is the default.
    require(context_ && EVP_CipherInit_ex(context_.get(), cipher, nullptr, keys.encryption.data(), nullptr, 1) == 1,
            "prepare AES-GCM");
  }

  void seal(PacketPlace place, Bytes head, MutableBytes text, Bytes trailer, MutableBytes tag) override {
    begin(place, head, trailer, 1);
    int written = 0;
    EVP_CIPHER_CTX* context = context_.get();
    require(EVP_CipherUpdate(context, text.data(), &written, text.data(), lengthOf(text)) == 1 &&
                EVP_CipherFinal_ex(context, nothing_.data(), &written) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, lengthOf(tag), tag.data()) == 1,
            "encrypt with AES-GCM");
  }

  bool open(PacketPlace place, Bytes head, MutableBytes text, Bytes trailer, Bytes tag) override {
    begin(place, head, trailer, 0);
    int written = 0;
    EVP_CIPHER_CTX* context = context_.get();
    std::array<std::uint8_t, blockBytes> expected{};
    copyBytes(tag, expected);
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, lengthOf(tag), expected.data()) == 1 &&
                EVP_CipherUpdate(context, text.data(), &written, text.data(), lengthOf(text)) == 1,
            "decrypt with AES-GCM");
    return EVP_CipherFinal_ex(context, nothing_.data(), &written) == 1;
  }

 private:
  static constexpr std::size_t nonceBytes = 12;

  void begin(PacketPlace place, Bytes head, Bytes trailer, int isEncrypting) {
    std::array<std::uint8_t, nonceBytes> nonce = salt_;
    xorNumber(nonce, 2, place.ssrc, 4);
    xorNumber(nonce, 6, place.index, 6);
    int written = 0;
    EVP_CIPHER_CTX* context = context_.get();
    require(EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, nonce.data(), isEncrypting) == 1 &&
                EVP_CipherUpdate(context, nullptr, &written, head.data(), lengthOf(head)) == 1,
            "begin AES-GCM");
    // The rollover counter is part of SRTP's nonce already; SRTCP's index word is authenticated.
    if (kind_ == PacketKind::rtp) return;
    require(EVP_CipherUpdate(context, nullptr, &written, trailer.data(), lengthOf(trailer)) == 1,
            "authenticate with AES-GCM");
  }

  PacketKind kind_;
  CipherContext context_;
  std::array<std::uint8_t, nonceBytes> salt_{};
  std::array<std::uint8_t, blockBytes> nothing_{};
};

}  // namespace

ProfileSizes sizesOf(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::aes128CmSha1_80:
      return {.keyBytes = 16, .saltBytes = longestSaltBytes, .tagBytes = 10};
    case SrtpProfile::aeadAes128Gcm:
      return {.keyBytes = 16, .saltBytes = 12, .tagBytes = 16};
    case SrtpProfile::aeadAes256Gcm:
      return {.keyBytes = 32, .saltBytes = 12, .tagBytes = 16};
  }
  throw std::invalid_argument("There is no such SRTP profile.");
}

void deriveKey(MasterKey master, PacketKind kind, KeyUse use, MutableBytes derived) {
  std::array<std::uint8_t, blockBytes> counter{};
  copyBytes(master.salt, counter);
  counter[7] ^= static_cast<std::uint8_t>(static_cast<std::uint8_t>(use) + (kind == PacketKind::rtcp ? 3 : 0));
  std::fill(derived.begin(), derived.end(), std::uint8_t{0});
  CounterMode(master.key).apply(counter, derived);
}

std::unique_ptr<PacketCipher> PacketCipher::create(SrtpProfile profile, PacketKind kind, MasterKey master) {
  const ProfileSizes sizes = sizesOf(profile);
  if (master.key.size() != sizes.keyBytes || master.salt.size() != sizes.saltBytes) {
    throw std::invalid_argument("The SRTP master key or salt has the wrong length.");
  }
  struct Scratch {
    std::array<std::uint8_t, longestKeyBytes> encryption{};
    std::array<std::uint8_t, authenticationKeyBytes> authentication{};
    std::array<std::uint8_t, longestSaltBytes> salt{};
    ~Scratch() { OPENSSL_cleanse(this, sizeof *this); }
  } scratch;
  const MutableBytes encryption = MutableBytes(scratch.encryption).first(sizes.keyBytes);
  const MutableBytes salt = MutableBytes(scratch.salt).first(sizes.saltBytes);
  deriveKey(master, kind, KeyUse::encryption, encryption);
  deriveKey(master, kind, KeyUse::authentication, scratch.authentication);
  deriveKey(master, kind, KeyUse::salt, salt);
  return create(profile, kind, SessionKeys{encryption, scratch.authentication, salt});
}

std::unique_ptr<PacketCipher> PacketCipher::create(SrtpProfile profile, PacketKind kind, SessionKeys keys) {
  const ProfileSizes sizes = sizesOf(profile);
  const bool usesHmac = profile == SrtpProfile::aes128CmSha1_80;
  const bool fits = keys.encryption.size() == sizes.keyBytes && keys.salt.size() == sizes.saltBytes &&
                    (!usesHmac || keys.authentication.size() == authenticationKeyBytes);
  if (!fits) throw std::invalid_argument("An SRTP session key or salt has the wrong length.");
  if (usesHmac) return std::make_unique<CmHmacCipher>(keys);
  return std::make_unique<GcmCipher>(kind, keys);
}

}  // namespace parley
