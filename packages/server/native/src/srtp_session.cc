#include "srtp_session.h"

namespace parley {

namespace {

constexpr std::size_t rtpHeaderBytes = 12;
constexpr std::size_t rtcpHeaderBytes = 8;
constexpr std::size_t indexWordBytes = 4;
constexpr std::uint32_t encryptedFlag = 0x8000'0000;
constexpr std::uint32_t mostReports = 0x7fff'ffff;
/** A simulcast publisher has seven streams with retransmissions, a viewer four. Only authenticated ones count. */
constexpr std::size_t mostStreams = 128;
/** Streams of small packets, which is audio, are repeated without RTX. */
constexpr std::size_t keptPackets = 64;
constexpr std::size_t longestKeptBytes = 512;

bool isRtcp(Bytes packet) { return packet[1] >= 192 && packet[1] <= 223; }

/** Length of the part that stays in the clear: header, CSRCs and header extension. Empty for a malformed packet. */
std::optional<std::size_t> headerLength(Bytes packet) {
  if (packet.size() < rtpHeaderBytes || packet[0] >> 6 != 2) return std::nullopt;
  std::size_t length = rtpHeaderBytes + std::size_t{4} * (packet[0] & 0x0f);
  const bool hasExtension = (packet[0] & 0x10) != 0;
  if (hasExtension) {
    if (length + 4 > packet.size()) return std::nullopt;
    length += 4 + std::size_t{4} * read16(packet, length + 2);
  }
  return length > packet.size() ? std::nullopt : std::optional(length);
}

std::array<std::uint8_t, 4> rolloverBytes(std::uint64_t index) {
  std::array<std::uint8_t, 4> bytes{};
  write32(bytes, 0, static_cast<std::uint32_t>(index >> 16));
  return bytes;
}

}  // namespace

SrtpSession::SrtpSession(SrtpProfile profile, MasterKey local, MasterKey remote)
    : profile_(profile),
      tagBytes_(sizesOf(profile).tagBytes),
      rtpOut_(PacketCipher::create(profile, PacketKind::rtp, local)),
      rtcpOut_(PacketCipher::create(profile, PacketKind::rtcp, local)),
      rtpIn_(PacketCipher::create(profile, PacketKind::rtp, remote)),
      rtcpIn_(PacketCipher::create(profile, PacketKind::rtcp, remote)) {}

std::size_t SrtpSession::protect(MutableBytes buffer, std::size_t length) {
  if (length < rtcpHeaderBytes || length + srtpOverheadBytes > buffer.size()) return 0;
  return isRtcp(buffer.first(length)) ? protectRtcp(buffer, length) : protectRtp(buffer, length);
}

std::size_t SrtpSession::unprotect(MutableBytes packet) {
  if (packet.size() < rtcpHeaderBytes + tagBytes_) return 0;
  return isRtcp(packet) ? unprotectRtcp(packet) : unprotectRtp(packet);
}

std::size_t SrtpSession::protectRtp(MutableBytes buffer, std::size_t length) {
  const auto head = headerLength(buffer.first(length));
  if (!head) return 0;
  const std::uint32_t ssrc = read32(buffer, 8);
  const auto known = sent_.find(ssrc);
  if (known == sent_.end() && sent_.size() >= mostStreams) return 0;
  SentStream& stream = known == sent_.end() ? sent_[ssrc] : known->second;
  const std::uint64_t index =
      packetIndex(read16(buffer, 2), stream.window.started(), stream.window.highest());
  const bool isAead = profile_ != SrtpProfile::aes128CmSha1_80;
  // With AES-GCM, two packets under one number would reveal the key that authenticates. With AES-CM, a repeated packet has
  // the same payload, and its header is not encrypted.
  if (isAead && !stream.window.accepts(index)) return repeat(stream, index, buffer);
  const std::size_t protectedLength = length + tagBytes_;
  rtpOut_->seal({ssrc, index}, buffer.first(*head), buffer.subspan(*head, length - *head), rolloverBytes(index),
                buffer.subspan(length, tagBytes_));
  if (stream.window.accepts(index)) stream.window.record(index);
  if (isAead) keep(stream, index, buffer.first(protectedLength));
  return protectedLength;
}

std::size_t SrtpSession::repeat(const SentStream& stream, std::uint64_t index, MutableBytes buffer) const {
  if (stream.recent.empty()) return 0;
  const SentPacket& packet = stream.recent[index % keptPackets];
  if (packet.index != index || packet.bytes.empty() || packet.bytes.size() > buffer.size()) return 0;
  copyBytes(packet.bytes, buffer);
  return packet.bytes.size();
}

void SrtpSession::keep(SentStream& stream, std::uint64_t index, Bytes packet) {
  if (packet.size() > longestKeptBytes) return;
  if (stream.recent.empty()) stream.recent.resize(keptPackets);
  SentPacket& slot = stream.recent[index % keptPackets];
  slot.index = index;
  slot.bytes.assign(packet.begin(), packet.end());
}

std::size_t SrtpSession::protectRtcp(MutableBytes buffer, std::size_t length) {
  if (buffer[0] >> 6 != 2 || nextReportIndex_ > mostReports) return 0;
  const std::uint32_t index = nextReportIndex_;
  nextReportIndex_ += 1;
  std::array<std::uint8_t, indexWordBytes> word{};
  write32(word, 0, encryptedFlag | index);
  const bool isAead = profile_ != SrtpProfile::aes128CmSha1_80;
  const std::size_t tagAt = isAead ? length : length + indexWordBytes;
  const std::size_t wordAt = isAead ? length + tagBytes_ : length;
  rtcpOut_->seal({read32(buffer, 4), index}, buffer.first(rtcpHeaderBytes),
                 buffer.subspan(rtcpHeaderBytes, length - rtcpHeaderBytes), word, buffer.subspan(tagAt, tagBytes_));
  copyBytes(word, buffer.subspan(wordAt, indexWordBytes));
  return length + tagBytes_ + indexWordBytes;
}

std::size_t SrtpSession::unprotectRtp(MutableBytes packet) {
  const std::size_t length = packet.size() - tagBytes_;
  const auto head = headerLength(packet.first(length));
  if (!head) return 0;
  const std::uint32_t ssrc = read32(packet, 8);
  const auto known = received_.find(ssrc);
  if (known == received_.end() && received_.size() >= mostStreams) return 0;
  const ReplayWindow fresh;
  const ReplayWindow& window = known == received_.end() ? fresh : known->second;
  const std::uint64_t index = packetIndex(read16(packet, 2), window.started(), window.highest());
  if (!window.accepts(index)) return 0;
  if (!rtpIn_->open({ssrc, index}, packet.first(*head), packet.subspan(*head, length - *head), rolloverBytes(index),
                    packet.subspan(length, tagBytes_))) {
    return 0;
  }
  received_[ssrc].record(index);
  return length;
}

std::size_t SrtpSession::unprotectRtcp(MutableBytes packet) {
  if (packet.size() < rtcpHeaderBytes + indexWordBytes + tagBytes_ || packet[0] >> 6 != 2) return 0;
  const std::size_t length = packet.size() - indexWordBytes - tagBytes_;
  const bool isAead = profile_ != SrtpProfile::aes128CmSha1_80;
  const std::size_t tagAt = isAead ? length : length + indexWordBytes;
  const std::size_t wordAt = isAead ? length + tagBytes_ : length;
  const std::uint32_t word = read32(packet, wordAt);
  // Every browser encrypts its reports.
  if ((word & encryptedFlag) == 0) return 0;
  const std::uint64_t index = word & ~encryptedFlag;
  const std::uint32_t ssrc = read32(packet, 4);
  const auto known = receivedReports_.find(ssrc);
  if (known == receivedReports_.end() && receivedReports_.size() >= mostStreams) return 0;
  if (known != receivedReports_.end() && !known->second.accepts(index)) return 0;
  if (!rtcpIn_->open({ssrc, index}, packet.first(rtcpHeaderBytes),
                     packet.subspan(rtcpHeaderBytes, length - rtcpHeaderBytes),
                     Bytes(packet).subspan(wordAt, indexWordBytes), packet.subspan(tagAt, tagBytes_))) {
    return 0;
  }
  receivedReports_[ssrc].record(index);
  return length;
}

}  // namespace parley
