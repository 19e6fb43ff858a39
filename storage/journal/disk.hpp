// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "actors/tenant/fault.hpp"

namespace sluice {

/// One open file of a `Disk`; closed when it ends.
///
/// Threading  One thread writes while another syncs; the rest is the caller's to order.
/// Errors     See `Disk`.
class DiskFile {
public:
  virtual ~DiskFile() = default;

  [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;
  /// Reads from there on until `into` is full or the file ends, and returns how much that was.
  [[nodiscard]] virtual Result<std::size_t> read(std::uint64_t offset,
                                                 std::span<std::byte> into) = 0;
  /// All or a fault; after a fault any part of the bytes may be in the file.
  [[nodiscard]] virtual Result<Done> write(std::uint64_t offset,
                                           std::span<const std::byte> bytes) = 0;
  /// What was written to the file before, through whichever `DiskFile`, survives a power cut. A
  /// failed sync says nothing about what is on the disk, and a later one that succeeds neither.
  [[nodiscard]] virtual Result<Done> sync() = 0;
};

/// One directory and its files: everything that journals ask of an operating system.
///
/// Role       The seam at which a simulator tears writes, loses what was not synced, fills up and
///            fails. Names are those of files within the directory, without a path.
/// Threading  Safe to share. It must outlive everything that was made with it, and every job that
///            was posted to a `Background` with it.
/// Ownership  Files that it opens belong to the caller, and may outlive their names.
/// Units      Bytes.
/// Errors     `unavailable` with the file and the system's words: "No space left on device" is
///            how a full disk reads.
/// Cost       System calls; `create` and the syncs take milliseconds.
class Disk {
public:
  virtual ~Disk() = default;

  /// The path of the directory, for messages.
  [[nodiscard]] virtual const std::string& path() const noexcept = 0;
  /// The names of all files, sorted.
  [[nodiscard]] virtual Result<std::vector<std::string>> list() = 0;
  /// Makes a file of that many zeros, with all the space that they need, so that writing within
  /// them never wants for space. The name must be new. What failed may leave a file behind.
  [[nodiscard]] virtual Result<std::unique_ptr<DiskFile>> create(const std::string& name,
                                                                 std::uint64_t bytes) = 0;
  /// For reading, and for syncing what others wrote.
  [[nodiscard]] virtual Result<std::unique_ptr<DiskFile>> open(const std::string& name) = 0;
  /// Replaces `to` if there is one.
  [[nodiscard]] virtual Result<Done> rename(const std::string& from, const std::string& to) = 0;
  /// It is no fault if there is none.
  [[nodiscard]] virtual Result<Done> remove(const std::string& name) = 0;
  /// What was created, renamed and removed before survives a power cut.
  [[nodiscard]] virtual Result<Done> sync_directory() = 0;
};

}  // namespace sluice
