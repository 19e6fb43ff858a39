// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "actors/tenant/audit.hpp"

namespace sluice {

/// How an event of the audit stands in a journal: its length in two bytes, then the id of its
/// change, when it was, and its texts, each with its length in two bytes. The tenant is that of the
/// change around it.
///
/// Errors     `take` is false for bytes that `encode` does not write.

/// Texts beyond this are cut.
inline constexpr std::size_t audit_part_text_bytes_max = 350;
inline constexpr std::size_t audit_part_texts = 8;
inline constexpr std::size_t audit_part_bytes_max =
    2 + 16 + 8 + audit_part_texts * (2 + audit_part_text_bytes_max);

[[nodiscard]] std::size_t encoded_bytes(const AuditRow& row) noexcept;
[[nodiscard]] std::byte* encode(const AuditRow& row, std::byte* at) noexcept;
/// Takes it off the front of the bytes.
[[nodiscard]] bool take(std::span<const std::byte>& from, AuditRow& row);

}  // namespace sluice
