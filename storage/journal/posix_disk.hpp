// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "storage/journal/disk.hpp"
#include "storage/journal/segment.hpp"

namespace sluice {

/// A directory of this machine.
///
/// Role       `Disk` in system calls. The directory is made if it is not there, for its owner
///            alone.
/// Threading  Safe to share; it has no state but its path.
/// Ownership  Holds a descriptor of the directory.
/// Units      Bytes.
/// Errors     As `Disk`. Interrupted and partial calls are continued, not told.
class PosixDisk final : public Disk {
public:
  [[nodiscard]] static Result<std::unique_ptr<Disk>> in(std::string directory);

  PosixDisk(std::string directory, int descriptor)
      : path_(std::move(directory)), descriptor_(descriptor) {}
  ~PosixDisk() override;
  PosixDisk(const PosixDisk&) = delete;
  PosixDisk& operator=(const PosixDisk&) = delete;

  [[nodiscard]] const std::string& path() const noexcept override { return path_; }
  [[nodiscard]] Result<std::vector<std::string>> list() override;
  [[nodiscard]] Result<std::unique_ptr<DiskFile>> create(const std::string& name,
                                                         std::uint64_t bytes) override;
  [[nodiscard]] Result<std::unique_ptr<DiskFile>> open(const std::string& name) override;
  [[nodiscard]] Result<Done> rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] Result<Done> remove(const std::string& name) override;
  [[nodiscard]] Result<Done> sync_directory() override;

private:
  std::string path_;
  int descriptor_;
};

/// What tells this run of the machine from every other: the page cache lives exactly as long.
[[nodiscard]] Result<BootId> read_boot_id();

}  // namespace sluice
