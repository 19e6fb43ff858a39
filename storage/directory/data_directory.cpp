// SPDX-License-Identifier: Apache-2.0
#include "storage/directory/data_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "actors/tenant/ids.hpp"

namespace sluice {

namespace {

constexpr std::string_view untold_name = "UNTOLD";

Fault failed(const std::string& doing, int error) {
  return Fault{FaultCode::unavailable, doing + ": " + std::generic_category().message(error)};
}

/// A descriptor that is closed unless it is kept.
class Descriptor {
public:
  explicit Descriptor(int raw) : raw_(raw) {}
  ~Descriptor() {
    if (raw_ >= 0) {
      ::close(raw_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int raw() const noexcept { return raw_; }
  [[nodiscard]] int keep() noexcept { return std::exchange(raw_, -1); }

private:
  int raw_;
};

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) {
    path.pop_back();
  }
  return path;
}

Result<Done> make(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path{path}.parent_path();
  std::error_code error;
  if (!parent.empty()) {
    std::filesystem::create_directories(parent, error);
  }
  if (error) {
    return failed("data directory " + path + " cannot be made", error.value());
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return failed("data directory " + path + " cannot be made", errno);
  }
  return Done{};
}

std::string first_line(const std::string& file) {
  std::string line;
  std::ifstream in{file};
  std::getline(in, line);
  return line;
}

/// Writes a small file such that after a power cut it is there as a whole or not at all.
Result<Done> write_durably(const std::string& directory, const std::string& name,
                           const std::string& text) {
  const std::string path = directory + '/' + name;
  const std::string draft = path + ".new";
  const Descriptor file{::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (file.raw() < 0 ||
      ::write(file.raw(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file.raw()) != 0 || ::rename(draft.c_str(), path.c_str()) != 0) {
    return failed("file " + path + " cannot be written", errno);
  }
  const Descriptor folder{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.raw() < 0 || ::fsync(folder.raw()) != 0) {
    return failed("data directory " + directory + " cannot be synced", errno);
  }
  return Done{};
}

Result<int> lock(const std::string& path) {
  const std::string file = path + "/LOCK";
  Descriptor descriptor{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (descriptor.raw() < 0) {
    return failed("file " + file + " cannot be opened", errno);
  }
  if (::flock(descriptor.raw(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return failed("file " + file + " cannot be locked", errno);
    }
    return Fault{
        FaultCode::unavailable,
        "data directory " + path + " is in use by another sluiced (pid " + first_line(file) + ')'};
  }
  // For whoever is refused; the lock itself does not depend on it.
  const std::string pid = std::to_string(::getpid()) + '\n';
  if (::ftruncate(descriptor.raw(), 0) != 0 ||
      ::write(descriptor.raw(), pid.data(), pid.size()) != static_cast<ssize_t>(pid.size())) {
    return failed("file " + file + " cannot be written", errno);
  }
  return descriptor.keep();
}

Result<Done> check_clock(const std::string& path, const std::string& database, ClockKind clock) {
  const std::string_view wanted = to_string(clock);
  const std::string stored = first_line(path + "/CLOCK");
  if (stored.empty() && !std::filesystem::exists(database)) {
    return write_durably(path, "CLOCK", std::string{wanted} + '\n');
  }
  if (stored == wanted) {
    return Done{};
  }
  if (stored == to_string(ClockKind::real)) {
    return Fault{FaultCode::invalid_argument,
                 "data directory " + path +
                     " was made with the real clock and cannot be served with simulated time"};
  }
  if (stored == to_string(ClockKind::simulated)) {
    return Fault{FaultCode::invalid_argument,
                 "data directory " + path +
                     " was made with simulated time and cannot be served with the real clock"};
  }
  return Fault{FaultCode::data_damaged,
               "file " + path + "/CLOCK must say \"real\" or \"simulated\", not \"" + stored + '"'};
}

/// A random UUID (RFC 9562, version 4).
Result<std::string> random_uuid() {
  std::array<std::uint64_t, 2> words{};
  if (::getrandom(words.data(), sizeof words, 0) != static_cast<ssize_t>(sizeof words)) {
    return failed("the kernel gives no random bytes", errno);
  }
  constexpr std::uint64_t version_mask = 0xf000;
  constexpr std::uint64_t version_4 = 0x4000;
  constexpr std::uint64_t variant_mask = std::uint64_t{3} << 62;
  constexpr std::uint64_t variant_rfc = std::uint64_t{1} << 63;
  return to_string(
      TenantId{(words[0] & ~version_mask) | version_4, (words[1] & ~variant_mask) | variant_rfc});
}

Result<ServerId> find_server_id(const std::string& path) {
  const std::string file = path + "/SERVER";
  const std::string stored = first_line(file);
  if (stored.empty() && !std::filesystem::exists(file)) {
    Result<std::string> made = random_uuid();
    if (!made.ok()) {
      return made.fault();
    }
    if (const Result<Done> written = write_durably(path, "SERVER", made.value() + '\n');
        !written.ok()) {
      return written.fault();
    }
    return ServerId{std::move(made).value()};
  }
  // Compared as text: what another spelling of it names is another server to the store.
  const std::optional<TenantId> uuid = parse_tenant_id(stored);
  if (!uuid || to_string(*uuid) != stored) {
    return Fault{FaultCode::data_damaged,
                 "file " + file + " must hold a UUID in lower case, not \"" + stored + '"'};
  }
  return ServerId{stored};
}

}  // namespace

Result<DataDirectory> DataDirectory::hold(std::string path, ClockKind clock) {
  path = without_slashes(std::move(path));
  if (Result<Done> made = make(path); !made.ok()) {
    return made.fault();
  }
  const Result<int> locked = lock(path);
  if (!locked.ok()) {
    return locked.fault();
  }
  DataDirectory directory{path, locked.value()};
  if (Result<Done> checked = check_clock(path, directory.database(), clock); !checked.ok()) {
    return checked.fault();
  }
  Result<ServerId> server = find_server_id(path);
  if (!server.ok()) {
    return server.fault();
  }
  directory.server_id_ = std::move(server).value();
  return directory;
}

Result<DataDirectory> DataDirectory::hold_existing(std::string path) {
  path = without_slashes(std::move(path));
  std::error_code error;
  if (!std::filesystem::exists(path + "/LOCK", error)) {
    return Fault{FaultCode::not_found,
                 path + " is not the data directory of a sluiced: there is no file LOCK in it" +
                     (error ? " (" + error.message() + ')' : "")};
  }
  const Result<int> locked = lock(path);
  if (!locked.ok()) {
    return locked.fault();
  }
  return DataDirectory{path, locked.value()};
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      lock_(std::exchange(other.lock_, -1)),
      server_id_(std::move(other.server_id_)) {}

DataDirectory& DataDirectory::operator=(DataDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  std::swap(server_id_, other.server_id_);
  return *this;
}

DataDirectory::~DataDirectory() {
  if (lock_ >= 0) {
    ::close(lock_);
  }
}

Result<Done> DataDirectory::keep_untold(const std::string& secret) const {
  return write_durably(path_, std::string{untold_name}, secret + '\n');
}

std::optional<std::string> DataDirectory::untold() const {
  std::string line = first_line(path_ + '/' + std::string{untold_name});
  return line.empty() ? std::nullopt : std::optional{std::move(line)};
}

Result<Done> DataDirectory::forget_untold() const {
  const std::string file = path_ + '/' + std::string{untold_name};
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) {
    return failed("file " + file + " cannot be removed", errno);
  }
  return Done{};
}

}  // namespace sluice
