using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>What goes on in the nodes: each waits at gates, between which anything else may happen.</summary>
internal sealed class Operations(World world)
{
    private readonly Dictionary<(ModelProcess, int), Task<Cached<ModelValue>>> _outerFlights = [];
    private readonly Dictionary<(ModelProcess, int), Cached<ModelValue>> _last = [];

    /// <summary>Reads through the front door.</summary>
    public async Task ReadAsync(Read read)
    {
        try
        {
            world.Oracle.Check(read, await AskAsync(read));
        }
        catch (Exception exception) when (exception is OriginUnavailableException or BrokenQueryException or OperationCanceledException)
        {
            Failed(read, exception);
        }
    }

    /// <summary>Looks up, loads what is not there, and sets it: between them anything may be written.</summary>
    public async Task ReadByHandAsync(Read read)
    {
        var process = read.Process;
        var found = await process.Cache.GetAsync<ModelValue>(read.CacheKey, read.HungUp.Token);
        if (found.Found is { } answer)
        {
            world.Oracle.Check(read, answer);
            return;
        }

        await world.Gates.PassAsync(process, $"query of key {read.Key} by hand");
        if (!process.Node.IsReachable)
        {
            return;
        }

        var version = world.Database.Version[read.Key];
        await world.Gates.PassAsync(process, $"reply of query of key {read.Key} by hand: version {version}");
        var policy = Catalogue.Policies[read.Key];
        var value = new ModelValue(read.Key, version, world.Oracle.Set(read, policy, version).Id);
        await process.Cache.SetAsync(
            read.CacheKey, value, policy, Catalogue.Tags[read.Key], world.Bug == PlantedBug.SetWithoutLease ? null : found.Lease, read.HungUp.Token);
    }

    /// <summary>Asks for whatever may still be served.</summary>
    public async Task ReadStaleAsync(Read read)
    {
        if (await read.Process.Cache.GetStaleAsync<ModelValue>(read.CacheKey, read.HungUp.Token) is { } answer)
        {
            world.Oracle.Check(read, answer);
        }
    }

    /// <summary>A command: data and record in one transaction, then what follows a commit. It may die after the commit.</summary>
    public async Task WriteAsync(ModelProcess process, WriteKind kind, int pauses, bool dies)
    {
        var write = world.NewWrite(process, kind);
        var began = world.Now;
        world.Database.Begin(write);
        process.Transactions.Add(write);
        for (var i = 0; i <= pauses; i++)
        {
            await world.Gates.PassAsync(process, $"commit {kind.Name}");
        }

        process.Transactions.Remove(write);
        if (!process.Node.IsReachable || world.Now - began > world.LongestTransaction.Ticks)
        {
            world.Database.RollBack(write);
            return;
        }

        world.Database.Commit(write, world.Now);
        world.Log(process, $"has committed {kind.Name} at {write.Position}");
        await world.Gates.PassAsync(process, $"reply of commit {kind.Name}");
        if (!dies)
        {
            await process.Commits.CommittedAsync(write.Position, write.Invalidations, "");
            Acknowledge(process, write);
        }
    }

    /// <summary>An invalidation by hand: a transaction of its own.</summary>
    public async Task InvalidateAsync(ModelProcess process, WriteKind kind)
    {
        try
        {
            var token = kind.Name switch
            {
                "key 0" => await process.Cache.ExpireAsync(Catalogue.Keys[0], default),
                "purge key 0" => await process.Cache.RemoveAsync(Catalogue.Keys[0], default),
                _ => await process.Cache.InvalidateAsync([kind.Invalidation], kind.Name, default),
            };
            Acknowledge(process, world.Database.Writes.Single(write => write.Position == token.Position));
        }
        catch (OriginUnavailableException)
        {
            world.Log(process, $"cannot write {kind.Name}");
        }
    }

    /// <summary>A poll, or a hint that arrives.</summary>
    public async Task FollowAsync(ModelProcess process)
    {
        if (world.Bug == PlantedBug.TrustedFromReply)
        {
            try
            {
                var since = process.Follower.Position;
                var reading = await process.Journal.FetchAsync(since);
                for (var i = 0; i < 6; i++)
                {
                    await world.Gates.PassAsync(process, "reply of journal on its way");
                }

                // Applied in order all the same: only its time is wrong.
                process.Journal.Early = process.Follower.Position == since ? reading : null;
            }
            catch (OriginUnavailableException)
            {
                return;
            }
        }

        await process.Follower.CatchUpAsync();
    }

    public async Task DeliverHintAsync(ModelProcess process)
    {
        await world.Gates.PassAsync(process, "hint");
        await FollowAsync(process);
    }

    private Task<Cached<ModelValue>> AskAsync(Read read) => world.Bug switch
    {
        PlantedBug.JoinAnyFlight => JoinAnyAsync(read),
        PlantedBug.SoftTimeoutServesInvalidated => NoLongerThanAsync(read, TimeSpan.FromMilliseconds(300)),
        PlantedBug.NoSingleFlight => LoadAloneAsync(read),
        _ => CallAsync(read),
    };

    private Task<Cached<ModelValue>> CallAsync(Read read, bool hangsUp = true)
    {
        var policy = world.Bug switch
        {
            PlantedBug.StaleWindowIgnored => Catalogue.Policies[read.Key] with { StaleWindow = world.MaxEntryLife },
            PlantedBug.StaleAgainstPolicy => Catalogue.Policies[read.Key] with { AllowStale = true },
            _ => Catalogue.Policies[read.Key],
        };
        var options = world.Bug switch
        {
            PlantedBug.TokenIgnored => read.Options with { After = null },
            PlantedBug.ForceIgnored => read.Options with { ForceRefresh = false },
            _ => read.Options,
        };
        return read.Process.Cache.GetOrLoadAsync(read.CacheKey, (this, read), LoadAsync, policy, Catalogue.Tags[read.Key], options, hangsUp ? read.HungUp.Token : default).AsTask();

        static Task<LoadResult<ModelValue>> LoadAsync((Operations, Read) state, IServiceProvider services, CancellationToken token) =>
            state.Item1.LoadAsync(state.Item2, token);
    }

    private async Task<LoadResult<ModelValue>> LoadAsync(Read read, CancellationToken cancellationToken)
    {
        var fate = world.Random.NextDouble();
        var loading = world.Oracle.Begin(read, Catalogue.Policies[read.Key]);
        try
        {
            await PassAsync($"query {loading.Id} of key {read.Key}");
            ThrowIfCut();
            loading.Version = world.Bug == PlantedBug.LeaseAfterLoad ? read.VersionAtStart : world.Database.Version[read.Key];
            for (var i = 0; i <= (int)(fate * 1000) % 5; i++)
            {
                // A query takes its time after it has read, too.
                await PassAsync($"reply of query {loading.Id} of key {read.Key}: version {loading.Version}");
            }

            ThrowIfCut();
            loading.IsPartial = fate > 0.95;
            var value = new ModelValue(read.Key, loading.Version, loading.Id);
            return fate switch
            {
                < 0.02 => throw new BrokenQueryException(),
                < 0.10 => throw new OriginUnavailableException(fate < 0.05 ? StaleReason.CircuitOpen : StaleReason.OriginError),
                > 0.95 when world.Bug != PlantedBug.PartialAsComplete => new LoadResult<ModelValue>(value, ["section"]),
                > 0.92 => new LoadResult<ModelValue>(value, []) { Policy = CachePolicy.NoStore },
                _ => value,
            };
        }
        finally
        {
            loading.IsRunning = false;
        }

        // Some queries heed their token, some do not.
        Task PassAsync(string what) =>
            fate is > 0.5 and < 0.7 ? world.Gates.PassAsync(read.Process, what) : world.Gates.PassAsync(read.Process, what).WaitAsync(cancellationToken);

        void ThrowIfCut()
        {
            if (!read.Process.Node.IsReachable)
            {
                throw new OriginUnavailableException(StaleReason.OriginError);
            }
        }
    }

    private void Acknowledge(ModelProcess process, Write write)
    {
        world.Log(process, $"acknowledges {write.Kind.Name} at {write.Position}");
        process.Known.Add(write);
        world.Acknowledged.Add(write);
        foreach (var key in write.Kind.Keys)
        {
            process.Node.Acknowledged[key] = Math.Max(process.Node.Acknowledged[key], write.Versions[key]);
        }
    }

    private void Failed(Read read, Exception exception)
    {
        world.Log(read.Process, $"fails {read}: {exception.GetType().Name}");
        world.Oracle.Count(exception.GetType().Name);
        if (exception is OperationCanceledException && !read.HungUp.IsCancellationRequested)
        {
            world.Oracle.Violate($"I2: a load was cancelled although {read} waits for it");
        }
    }

    private Task<Cached<ModelValue>> JoinAnyAsync(Read read)
    {
        if (!_outerFlights.TryGetValue((read.Process, read.Key), out var flight) || flight.IsCompleted)
        {
            _outerFlights[(read.Process, read.Key)] = flight = CallAsync(read, hangsUp: false);
        }

        return flight.WaitAsync(read.HungUp.Token);
    }

    private async Task<Cached<ModelValue>> LoadAloneAsync(Read read)
    {
        var result = await LoadAsync(read, read.HungUp.Token);
        return new Cached<ModelValue>(result.Value, Freshness.Uncached(result.FailedOperations));
    }

    private async Task<Cached<ModelValue>> NoLongerThanAsync(Read read, TimeSpan softTimeout)
    {
        var call = CallAsync(read);
        try
        {
            var answer = await call.WaitAsync(softTimeout, read.Process.Clock);
            _last[(read.Process, read.Key)] = answer;
            return answer;
        }
        catch (TimeoutException)
        {
            return _last.TryGetValue((read.Process, read.Key), out var last) && !last.Freshness.IsPartial && Catalogue.Policies[read.Key].AllowStale
                && read.Process.Clock.GetUtcNow().UtcDateTime < last.Freshness.FreshUntil
                ? last with { Freshness = last.Freshness with { Source = CacheSource.Stale, StaleReason = StaleReason.OriginTimeout, Invalidated = false } }
                : await call;
        }
    }
}

/// <summary>A failure that no time mends.</summary>
internal sealed class BrokenQueryException : Exception;
