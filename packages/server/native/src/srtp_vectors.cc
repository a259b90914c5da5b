// A test program: compares SRTP with the vectors of RFC 3711, RFC 7714 and libsrtp. Ends with 1 after a difference.
#include <cstdio>
#include <string>
#include <vector>

#include "srtp_session.h"

namespace parley {

namespace {

using Buffer = std::vector<std::uint8_t>;

Buffer fromHex(const std::string& text) {
  Buffer bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(at, 2), nullptr, 16)));
  }
  return bytes;
}

int failures = 0;

void expectEqual(const char* what, const Buffer& actual, const Buffer& expected) {
  const bool isEqual = actual == expected;
  if (!isEqual) failures += 1;
  std::printf("%s %s\n", isEqual ? "ok" : "DIFFERENT", what);
}

void keyDerivation() {
  const Buffer key = fromHex("e1f97a0d3e018be0d64fa32c06de4139");
  const Buffer salt = fromHex("0ec675ad498afeebb6960b3aabe6");
  const auto derived = [&](KeyUse use, std::size_t length) {
    Buffer result(length);
    deriveKey({key, salt}, PacketKind::rtp, use, result);
    return result;
  };
  expectEqual("RFC 3711 B.3 cipher key", derived(KeyUse::encryption, 16), fromHex("c61e7a93744f39ee10734afe3ff7a087"));
  expectEqual("RFC 3711 B.3 salt", derived(KeyUse::salt, 14), fromHex("30cbbc08863d8c85d49db34a9ae1"));
  expectEqual("RFC 3711 B.3 authentication key", derived(KeyUse::authentication, 20),
              fromHex("cebe321f6ff7716b6fd4ab49af256a156d38baa4"));
}

void counterMode() {
  const Buffer key = fromHex("2b7e151628aed2a6abf7158809cf4f3c");
  const Buffer salt = fromHex("f0f1f2f3f4f5f6f7f8f9fafbfcfd");
  const Buffer authentication(authenticationKeyBytes);
  const auto cipher =
      PacketCipher::create(SrtpProfile::aes128CmSha1_80, PacketKind::rtp, SessionKeys{key, authentication, salt});
  Buffer text(48);
  Buffer tag(10);
  cipher->seal({0, 0}, {}, text, {}, tag);
  expectEqual("RFC 3711 B.2 keystream", text,
              fromHex("e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab"
                      "41e95b3bb0a2e8dd477901e4fca894c0"));
}

void gcm() {
  const Buffer salt = fromHex("517569642070726f2071756f");
  const Buffer rtp = fromHex("8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e697320646976697361"
                             "20696e207061727465732074726573");
  const struct {
    const char* what;
    SrtpProfile profile;
    const char* key;
    const char* sealed;
  } cases[] = {
      {"RFC 7714 16.1.1 SRTP, AES-128-GCM", SrtpProfile::aeadAes128Gcm, "000102030405060708090a0b0c0d0e0f",
       "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"
       "899d7f27beb16a9152cf765ee4390cce"},
      {"RFC 7714 16.2.1 SRTP, AES-256-GCM", SrtpProfile::aeadAes256Gcm,
       "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
       "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b"
       "7aa3db36dfffd6b0f9bb7878d7a76c13"},
  };
  for (const auto& [what, profile, key, sealed] : cases) {
    const Buffer keyBytes = fromHex(key);
    const auto cipher = PacketCipher::create(profile, PacketKind::rtp, SessionKeys{keyBytes, {}, salt});
    Buffer text(rtp.begin() + 12, rtp.end());
    Buffer tag(16);
    cipher->seal({read32(rtp, 8), read16(rtp, 2)}, Bytes(rtp).first(12), text, {}, tag);
    text.insert(text.end(), tag.begin(), tag.end());
    expectEqual(what, text, fromHex(sealed));
  }
  const Buffer rtcp = fromHex("81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61"
                              "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef");
  const Buffer key = fromHex("000102030405060708090a0b0c0d0e0f");
  const auto cipher = PacketCipher::create(SrtpProfile::aeadAes128Gcm, PacketKind::rtcp, SessionKeys{key, {}, salt});
  Buffer text(rtcp.begin() + 8, rtcp.end());
  Buffer tag(16);
  cipher->seal({read32(rtcp, 4), 0x5d4}, Bytes(rtcp).first(8), text, fromHex("800005d4"), tag);
  text.insert(text.end(), tag.begin(), tag.end());
  expectEqual("RFC 7714 17.1 SRTCP, AES-128-GCM", text,
              fromHex("63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded"
                      "0bb9275bc84aa45896cf4d2fc5abf87245d9eade"));
}

/** Whole packets, which libsrtp's own tests contain. */
void sessions() {
  const struct {
    const char* what;
    SrtpProfile profile;
    const char* key;
    const char* salt;
    const char* plain;
    const char* sealed;
  } cases[] = {
      {"libsrtp SRTP, AES-CM with HMAC", SrtpProfile::aes128CmSha1_80, "e1f97a0d3e018be0d64fa32c06de4139",
       "0ec675ad498afeebb6960b3aabe6", "800f1234decafbadcafebabeabababababababababababababababab",
       "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"},
      {"libsrtp SRTCP, AES-CM with HMAC", SrtpProfile::aes128CmSha1_80, "e1f97a0d3e018be0d64fa32c06de4139",
       "0ec675ad498afeebb6960b3aabe6", "81c8000bcafebabeabababababababababababababababab",
       "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798"},
      {"libsrtp SRTP, AES-128-GCM", SrtpProfile::aeadAes128Gcm, "000102030405060708090a0b0c0d0e0f",
       "a0a1a2a3a4a5a6a7a8a9aaab", "800f1234decafbadcafebabeabababababababababababababababab",
       "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392"},
  };
  for (const auto& [what, profile, keyText, saltText, plainText, sealedText] : cases) {
    const Buffer key = fromHex(keyText);
    const Buffer salt = fromHex(saltText);
    const Buffer plain = fromHex(plainText);
    const Buffer sealed = fromHex(sealedText);
    SrtpSession session(profile, {key, salt}, {key, salt});
    Buffer buffer = sealed;
    const std::size_t opened = session.unprotect(buffer);
    expectEqual(what, Buffer(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(opened)), plain);
    Buffer again = sealed;
    expectEqual("  and not a second time", Buffer(session.unprotect(again)), {});
    if (plain[1] == 0xc8) continue;
    Buffer sent = plain;
    sent.resize(plain.size() + srtpOverheadBytes);
    const std::size_t length = session.protect(sent, plain.size());
    expectEqual("  and sealed", Buffer(sent.begin(), sent.begin() + static_cast<std::ptrdiff_t>(length)), sealed);
  }
}

}  // namespace

}  // namespace parley

int main() {
  parley::keyDerivation();
  parley::counterMode();
  parley::gcm();
  parley::sessions();
  return parley::failures == 0 ? 0 : 1;
}
