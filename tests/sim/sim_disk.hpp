// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/journal/disk.hpp"
#include "tests/sim/random.hpp"

namespace sluice::sim {

/// The process ended here, in the middle of whatever it did.
struct ProcessDied {};

enum class DiskOp : std::uint8_t {
  list,
  create,
  open,
  rename,
  remove,
  sync_directory,
  read,
  write,
  sync
};

/// What goes wrong, and when.
class DiskWeather {
public:
  enum class Mishap : std::uint8_t { none, fails, dies_before, dies_within, dies_after };

  virtual ~DiskWeather() = default;
  virtual Mishap next(DiskOp op) = 0;
  /// The operation was done; time may pass before the process goes on.
  virtual void done(DiskOp op) = 0;
};

/// A disk that has two memories: what was written, and what survives a power cut.
///
/// Role       Each write since the last sync is kept, lost or torn by sectors in a power cut, one
///            as independently as the other; names since the last sync of the directory likewise.
///            Writes that were there when a sync failed stay doubtful for ever.
/// Threading  Confined.
/// Ownership  Files share their contents with the disk.
/// Units      Bytes.
/// Errors     As the weather wants; `create` beyond the capacity fails.
class SimDisk final : public Disk {
public:
  struct Write {
    std::uint64_t offset;
    std::vector<std::byte> bytes;
  };
  struct Content {
    std::vector<std::byte> written;
    std::vector<std::byte> synced;  ///< Empty until the first sync.
    std::vector<Write> pending;
    std::vector<Write> doubtful;
  };

  SimDisk(std::string path, Random& random, DiskWeather& weather)
      : path_(std::move(path)), random_(random), weather_(weather) {}

  [[nodiscard]] const std::string& path() const noexcept override { return path_; }
  [[nodiscard]] Result<std::vector<std::string>> list() override;
  [[nodiscard]] Result<std::unique_ptr<DiskFile>> create(const std::string& name,
                                                         std::uint64_t bytes) override;
  [[nodiscard]] Result<std::unique_ptr<DiskFile>> open(const std::string& name) override;
  [[nodiscard]] Result<Done> rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] Result<Done> remove(const std::string& name) override;
  [[nodiscard]] Result<Done> sync_directory() override;

  /// Everything that was not synced is kept or lost. Whether something later was kept than lost.
  bool cut_power();
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  [[nodiscard]] std::uint64_t used() const;
  /// Flips a bit of what is written and synced.
  void damage(const std::string& name, std::uint64_t offset);

  /// Does an operation under the weather: `act` in full, or `part` if the process dies within it.
  template <class T, class Act, class Part>
  Result<T> attempt(DiskOp op, Act&& act, Part&& part);

private:
  friend class SimFile;
  using Names = std::map<std::string, std::shared_ptr<Content>>;
  static constexpr std::size_t sector_bytes = 512;

  void write(Content& content, std::uint64_t offset, std::span<const std::byte> bytes);
  /// Some of the sectors of a write.
  void tear(Content& content, std::uint64_t offset, std::span<const std::byte> bytes);
  void apply(std::vector<std::byte>& to, const Write& write, bool torn);
  bool settle(Content& content);

  std::string path_;
  Random& random_;
  DiskWeather& weather_;
  std::uint64_t capacity_ = UINT64_MAX;
  Names names_;
  Names synced_names_;
};

}  // namespace sluice::sim
