// Values of JavaScript, checked.
#pragma once

#include <node_api.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "bytes.h"

namespace parley {

inline void check(napi_status status, const char* what) {
  if (status != napi_ok) throw std::runtime_error(std::string("Node-API could not ") + what + ".");
}

/** A Uint8Array's memory, which JavaScript must keep. */
inline MutableBytes bytesOf(napi_env env, napi_value value) {
  bool isTyped = false;
  check(napi_is_typedarray(env, value, &isTyped), "look at a value");
  napi_typedarray_type type{};
  void* data = nullptr;
  std::size_t length = 0;
  if (!isTyped || napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    throw std::invalid_argument("A Uint8Array was expected.");
  }
  return length == 0 ? MutableBytes() : MutableBytes(static_cast<std::uint8_t*>(data), length);
}

inline std::uint32_t numberOf(napi_env env, napi_value value) {
  std::uint32_t number = 0;
  if (napi_get_value_uint32(env, value, &number) != napi_ok) throw std::invalid_argument("A number was expected.");
  return number;
}

inline bool flagOf(napi_env env, napi_value value) {
  bool flag = false;
  if (napi_get_value_bool(env, value, &flag) != napi_ok) throw std::invalid_argument("A boolean was expected.");
  return flag;
}

inline std::string textOf(napi_env env, napi_value value) {
  std::array<char, 256> text{};
  std::size_t length = 0;
  if (napi_get_value_string_utf8(env, value, text.data(), text.size(), &length) != napi_ok) {
    throw std::invalid_argument("A string was expected.");
  }
  return std::string(text.data(), length);
}

inline napi_value numberIn(napi_env env, std::uint32_t number) {
  napi_value value = nullptr;
  check(napi_create_uint32(env, number, &value), "create a number");
  return value;
}

}  // namespace parley
