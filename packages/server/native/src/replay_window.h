// Which packets of a stream have arrived (RFC 3711, section 3.3.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace parley {

/** Remembers the last 1024 packet indices: more than 64, because retransmissions come late. */
class ReplayWindow {
 public:
  /** Whether a packet with this index is new and not too old to tell. */
  bool accepts(std::uint64_t index) const {
    if (!started_ || index > highest_) return true;
    if (highest_ - index >= bits) return false;
    return (wordOf(index) & maskOf(index)) == 0;
  }

  /** Takes the index of an authenticated packet that was accepted. */
  void record(std::uint64_t index) {
    if (!started_ || index > highest_) advance(index);
    words_[slotOf(index)] |= maskOf(index);
  }

  bool started() const { return started_; }
  std::uint64_t highest() const { return highest_; }

 private:
  static constexpr std::size_t bits = 1024;
  static constexpr std::size_t wordBits = 64;

  static std::size_t slotOf(std::uint64_t index) { return (index % bits) / wordBits; }
  static std::uint64_t maskOf(std::uint64_t index) { return std::uint64_t{1} << (index % wordBits); }
  std::uint64_t wordOf(std::uint64_t index) const { return words_[slotOf(index)]; }

  void advance(std::uint64_t index) {
    if (!started_ || index - highest_ >= bits) {
      words_.fill(0);
    } else {
      for (std::uint64_t skipped = highest_ + 1; skipped <= index; skipped += 1) {
        words_[slotOf(skipped)] &= ~maskOf(skipped);
      }
    }
    started_ = true;
    highest_ = index;
  }

  bool started_ = false;
  std::uint64_t highest_ = 0;
  std::array<std::uint64_t, bits / wordBits> words_{};
};

/** The index of a packet from its 16-bit sequence number and the highest index so far (RFC 3711, appendix A). */
inline std::uint64_t packetIndex(std::uint16_t sequenceNumber, bool started, std::uint64_t highest) {
  if (!started) return sequenceNumber;
  const std::uint64_t rollover = highest >> 16;
  const auto last = static_cast<std::int32_t>(highest & 0xffff);
  const std::int32_t difference = static_cast<std::int32_t>(sequenceNumber) - last;
  std::uint64_t guessed = rollover;
  if (difference > 0x8000 && rollover > 0) guessed -= 1;
  if (difference < -0x8000) guessed += 1;
  return guessed << 16 | sequenceNumber;
}

}  // namespace parley
