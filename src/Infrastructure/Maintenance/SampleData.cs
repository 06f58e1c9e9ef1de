using System.Globalization;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NeuroLab.Domain.Common;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.Infrastructure.Maintenance;

/// <summary>What sample data to make.</summary>
/// <param name="Users">How many accounts.</param>
/// <param name="Experiments">How many experiments each.</param>
/// <param name="Days">Over how many days up to now.</param>
/// <param name="Seed">What the experiments are drawn from.</param>
public sealed record SampleDataPlan(int Users, int Experiments, int Days, int Seed);

/// <summary>An account that was made.</summary>
/// <param name="Email">Its address.</param>
/// <param name="Password">Its password.</param>
public sealed record SampleSignIn(string Email, string Password);

/// <summary>
/// Makes accounts with a plausible history: all four types, more by day than by night, most completed, some failed, the newest sometimes still
/// pending or running. Every call makes new accounts. Thread-safe.
/// </summary>
public sealed class SampleData
{
    private const int BatchSize = 200;
    private const string Password = "neurolab-sample";

    private readonly BulkWriter _writer;
    private readonly IPasswordHasher _hasher;
    private readonly TimeProvider _clock;

    internal SampleData(BulkWriter writer, IPasswordHasher hasher, TimeProvider clock) => (_writer, _hasher, _clock) = (writer, hasher, clock);

    /// <summary>Makes sample data.</summary>
    /// <param name="plan">How much.</param>
    /// <param name="progress">Is told how many experiments of how many are stored.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    public async Task<IReadOnlyList<SampleSignIn>> AddAsync(SampleDataPlan plan, Action<int, int> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(progress);
        var now = _clock.UtcNow();
        var first = now.AddDays(-plan.Days);

        // Part of the address, so that data made again later stands beside what is there.
        var run = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8];
        var users = new List<User>();
        for (var number = 1; number <= plan.Users; number++)
        {
            var hash = await _hasher.HashAsync(Password, cancellationToken).ConfigureAwait(false);
            users.Add(new User(Guid.CreateVersion7(first), $"sample{number}.{run}@example.org", $"Sample user {number}", hash, first));
        }

        await _writer.AddAsync(users, cancellationToken).ConfigureAwait(false);

        var (done, total) = (0, plan.Users * plan.Experiments);
        progress(done, total);
        for (var number = 0; number < users.Count; number++)
        {
            var history = new SampleHistory(users[number].Id, first, now, new SeededRandom(unchecked(plan.Seed + (number * 7919))));
            foreach (var batch in history.Experiments(plan.Experiments).Chunk(BatchSize))
            {
                await _writer.AddAsync(batch, cancellationToken).ConfigureAwait(false);
                done += batch.Length;
                progress(done, total);
            }
        }

        return [.. users.Select(user => new SampleSignIn(user.Email, Password))];
    }
}
