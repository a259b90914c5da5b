// SRTP and SRTCP of one connection (RFC 3711, RFC 7714).
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "packet_cipher.h"
#include "replay_window.h"

namespace parley {

/** What protecting adds to a packet at most: a tag, and the index word of SRTCP. */
constexpr std::size_t srtpOverheadBytes = 20;

class SrtpSession {
 public:
  SrtpSession(SrtpProfile profile, MasterKey local, MasterKey remote);

  /**
   * Encrypts the first `length` bytes of `buffer`, which has room for {@link srtpOverheadBytes} more. Returns the new
   * length; zero for what is not a packet, or must not be sent.
   */
  std::size_t protect(MutableBytes buffer, std::size_t length);
  /** Checks and decrypts a packet in place. Returns its length; zero for a forged, repeated or malformed one. */
  std::size_t unprotect(MutableBytes packet);

 private:
  /** A sent packet whose number may be asked for again. */
  struct SentPacket {
    std::uint64_t index = 0;
    std::vector<std::uint8_t> bytes;
  };
  struct SentStream {
    ReplayWindow window;
    std::vector<SentPacket> recent;
  };

  std::size_t protectRtp(MutableBytes buffer, std::size_t length);
  std::size_t protectRtcp(MutableBytes buffer, std::size_t length);
  std::size_t unprotectRtp(MutableBytes packet);
  std::size_t unprotectRtcp(MutableBytes packet);
  std::size_t repeat(const SentStream& stream, std::uint64_t index, MutableBytes buffer) const;
  static void keep(SentStream& stream, std::uint64_t index, Bytes packet);

  SrtpProfile profile_;
  std::size_t tagBytes_;
  std::unique_ptr<PacketCipher> rtpOut_;
  std::unique_ptr<PacketCipher> rtcpOut_;
  std::unique_ptr<PacketCipher> rtpIn_;
  std::unique_ptr<PacketCipher> rtcpIn_;
  std::unordered_map<std::uint32_t, SentStream> sent_;
  std::unordered_map<std::uint32_t, ReplayWindow> received_;
  std::unordered_map<std::uint32_t, ReplayWindow> receivedReports_;
  std::uint32_t nextReportIndex_ = 0;
};

}  // namespace parley
