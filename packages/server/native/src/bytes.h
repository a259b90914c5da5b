// Views of memory with checked bounds (_GLIBCXX_ASSERTIONS), and numbers in network byte order.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace parley {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

inline std::uint16_t read16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

inline std::uint32_t read32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(read16(bytes, at)) << 16 | read16(bytes, at + 2);
}

inline void write32(MutableBytes bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t index = 0; index < 4; index += 1) {
    bytes[at + index] = static_cast<std::uint8_t>(value >> (24 - 8 * index));
  }
}

/** XORs the `count` low bytes of `value`, in network byte order, into `bytes`. */
inline void xorNumber(MutableBytes bytes, std::size_t at, std::uint64_t value, std::size_t count) {
  for (std::size_t index = 0; index < count; index += 1) {
    bytes[at + index] ^= static_cast<std::uint8_t>(value >> (8 * (count - 1 - index)));
  }
}

/** Copies all of `from`; both ends are checked. */
inline void copyBytes(Bytes from, MutableBytes to) {
  std::copy(from.begin(), from.end(), to.first(from.size()).begin());
}

}  // namespace parley
