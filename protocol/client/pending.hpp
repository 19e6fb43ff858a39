// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/slist.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "protocol/client/bell.hpp"
#include "protocol/client/client.hpp"

namespace sluice::client {

using Steady = std::chrono::steady_clock;

struct Group;

/// A check on its way to an answer.
struct Pending : boost::intrusive::slist_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::normal_link>> {
  Check check;
  Steady::time_point deadline;
  Group* group =
      nullptr;  ///< With it, the answer has its place there; otherwise it goes to `done`.
  std::uint32_t place = 0;
  bool shared = false;  ///< From the pool that all threads share.
  Charge charge;
  std::vector<Charge> more;
  std::vector<OwnedLabel> owned_labels;
  std::vector<Label> labels;
  SharedUse use;
  std::function<void(const Answer&)> done;

  /// Takes over the check with a copy of its charges, its labels and its use of a resource.
  void copy(const Check& from) {
    check = from;
    if (from.charges.size() == 1) {
      charge = from.charges.front();
      check.charges = {&charge, 1};
    } else {
      more.assign(from.charges.begin(), from.charges.end());
      check.charges = more;
    }
    if (!from.labels.empty()) {
      take_over_labels();
    }
    if (from.shared != nullptr) {
      use = *from.shared;
      check.shared = &use;
    }
  }

private:
  void take_over_labels() {
    copy_labels(check.labels, owned_labels);
    labels.clear();
    for (const OwnedLabel& label : owned_labels) {
      labels.push_back({label.name, label.value});
    }
    check.labels = labels;
  }
};

/// Oldest first. Because every check has the same time, the first is also the first to expire.
using PendingQueue = boost::intrusive::slist<Pending, boost::intrusive::cache_last<true>,
                                             boost::intrusive::constant_time_size<true>>;

inline void append(PendingQueue& to, PendingQueue& from) {
  to.splice_after(to.empty() ? to.before_begin() : to.last(), from);
}

/// Checks that are asked and answered together.
struct Group
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>> {
  std::vector<Pending> checks;
  std::vector<Answer> answers;
  std::uint32_t outstanding = 0;

  /// Of a caller who waits, and owns all this.
  Bell* bell = nullptr;
  bool follows = false;  ///< Otherwise the caller drives the loop itself.

  /// Of a caller who does not wait; then the group belongs to a pool.
  std::function<void(std::span<const Answer>)> done;
  bool shared = false;
};

/// Of a blocking caller's group, asked by the caller or by whoever drives.
[[nodiscard]] inline bool answered(const Group& group) {
  return group.bell->sound() == Bell::Sound::answered;
}

/// Records that are used again. Bounded by what its user lets be outstanding at one time.
template <class Record>
class Pool {
public:
  [[nodiscard]] Record& take() {
    if (free_.empty()) {
      all_.push_back(std::make_unique<Record>());
      free_.reserve(all_.capacity());
      return *all_.back();
    }
    Record& record = *free_.back();
    free_.pop_back();
    return record;
  }
  void give_back(Record& record) { free_.push_back(&record); }

private:
  std::vector<std::unique_ptr<Record>> all_;
  std::vector<Record*> free_;
};

/// Where the records of asynchronous checks come from.
struct Pools {
  Pool<Pending> checks;
  Pool<Group> groups;
};

}  // namespace sluice::client
