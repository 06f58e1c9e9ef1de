using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>What a stream of requests is made of.</summary>
internal sealed record TrafficPlan
{
    /// <summary>Requests a second, sent when they are due, whatever became of those before.</summary>
    public int PerSecond { get; init; } = 300;

    /// <summary>One in so many is a write; 0 for none.</summary>
    public int WriteOneIn { get; init; } = 12;

    /// <summary>Whether commands, and reads without a copy, may be refused that were under way between two moments: the database was in trouble.</summary>
    public Func<long, long, bool> MayRefuse { get; init; } = static (_, _) => false;

    /// <summary>When PostgreSQL was last killed: what a node had cached by then is a last resort from there on, and a load is waited for.</summary>
    public Func<long> LastCrash { get; init; } = static () => 0;

    /// <summary>
    /// The most that a read may take whose node has a copy that nobody wrote past. It waits a second for the journal and a second for a load at most; the rest is for a machine on
    /// which nodes, stores and clients share two cores.
    /// </summary>
    public TimeSpan CopyBound { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>The most that any other request may take.</summary>
    public TimeSpan Bound { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The kinds of reads, each as often as it is named.</summary>
    public IReadOnlyList<ReadKind> Reads { get; init; } = [ReadKind.Summary, ReadKind.Summary, ReadKind.Summary, ReadKind.Charts, ReadKind.Recent, ReadKind.List, ReadKind.Item];
}

/// <summary>
/// A constant stream of reads and writes of random users at random nodes (open loop: times count from when a request was due), each answer of which is held against what its user
/// has written.
/// </summary>
internal sealed class Traffic(BenchFleet fleet, TrafficPlan plan, int seed)
{
    private static readonly long Window = 2 * Stopwatch.Frequency;
    private static readonly long StartUp = 6 * Stopwatch.Frequency;
    private static readonly long LongestLag = 15 * Stopwatch.Frequency;

    /// <summary>What a node has answered from a tier: it has a copy, whatever was written since.</summary>
    private readonly ConcurrentDictionary<(int Node, int User, string Path), (int Incarnation, long Asked)> _copies = new();

    /// <summary>What was asked for, and whether a fresh answer came.</summary>
    private readonly ConcurrentDictionary<(int User, string Path), bool> _read = new();
    private int _underWay;

    public Tally Tally { get; } = new();

    /// <summary>
    /// How many dashboards were loaded that were read since the stream began, or since that was forgotten: a fresh answer shows it, or, where a load went on behind a stale one,
    /// the copy that is there now.
    /// </summary>
    public async Task<int> KeysLoadedAsync()
    {
        var loaded = _read.Count(key => key.Value);
        using var api = new Api(fleet.Nodes[0].Address);
        foreach (var ((user, path), _) in _read.Where(key => !key.Value))
        {
            api.Authorize(fleet.Users[user].Authorization);
            loaded += (await api.GetAsync(path)).Source is "memory" or "redis" ? 1 : 0;
        }

        return loaded;
    }

    /// <summary>Sends requests until it is stopped, and waits for the answers.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        for (long sent = 0; !stop.IsCancellationRequested;)
        {
            var due = Stopwatch.GetElapsedTime(started).TotalSeconds * plan.PerSecond;
            for (; sent < due && !stop.IsCancellationRequested; sent++)
            {
                Interlocked.Increment(ref _underWay);
                _ = OneAsync(sent, started + (long)(sent * (double)Stopwatch.Frequency / plan.PerSecond));
            }

            await Task.Delay(2, CancellationToken.None);
        }

        while (Volatile.Read(ref _underWay) > 0)
        {
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Sends requests while something is done, and stops however that ends.</summary>
    public async Task WhileAsync(Func<Task> action)
    {
        using var stop = new CancellationTokenSource();
        var stream = RunAsync(stop.Token);
        try
        {
            await action();
        }
        finally
        {
            await stop.CancelAsync();
            await stream;
        }
    }

    /// <summary>Begins anew to note what is read.</summary>
    public void ForgetKeys() => _read.Clear();

    /// <summary>Reads everything that the stream reads twice on every node, so that each has shown its copies. None of it is counted.</summary>
    public async Task WarmAsync()
    {
        for (var round = 0; round < 2; round++)
        {
            await Parallel.ForEachAsync(
                fleet.Nodes.SelectMany(_ => fleet.Users, (node, user) => (Node: node, User: user)),
                new ParallelOptions { MaxDegreeOfParallelism = 8 },
                async (read, _) => await ReadAllAsync(read.Node, read.User));
        }

        Tally.BeginAnew();
    }

    /// <summary>Reads everything of a user that the stream reads, but single experiments.</summary>
    public async Task ReadAllAsync(BenchNode node, BenchUser user)
    {
        foreach (var kind in plan.Reads.Distinct().Where(kind => kind != ReadKind.Item))
        {
            await ReadAsync(node, user, kind, PathOf(kind), null, null, Stopwatch.GetTimestamp());
        }
    }

    private static string PathOf(ReadKind kind) => kind switch
    {
        ReadKind.Summary => "/api/dashboard/summary",
        ReadKind.Charts => "/api/dashboard/charts?period=all",
        ReadKind.Recent => "/api/dashboard/recent?limit=50",
        _ => "/api/experiments?limit=100",
    };

    private async Task OneAsync(long number, long due)
    {
        await Task.Yield();
        try
        {
            var random = new Random(unchecked((int)((seed * 1_000_003L) + number)));
            var user = fleet.Users[random.Next(fleet.Users.Count)];
            var node = fleet.Nodes[random.Next(fleet.Nodes.Count)];
            if (plan.WriteOneIn > 0 && random.Next(plan.WriteOneIn) == 0)
            {
                await WriteAsync(node, user, random, due);
                return;
            }

            var kind = plan.Reads[random.Next(plan.Reads.Count)];
            if (kind == ReadKind.Item)
            {
                if (user.Ledger.AnyId(random) is { } id)
                {
                    await ReadAsync(node, user, kind, $"/api/experiments/{id:D}", id, null, due);
                }

                return;
            }

            // One in five presents the token of the last write, at whatever node.
            await ReadAsync(node, user, kind, PathOf(kind), null, random.Next(5) == 0 ? user.Ledger.LastAcknowledged : null, due);
        }
#pragma warning disable CA1031 // Nobody waits for this task: what is thrown here would never be heard of.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // A body that is no JSON, or lacks what it has to have.
            Tally.Breach(Breach.Unexpected, $"request {number}: the answer cannot be read: {exception.GetType().Name} {exception.Message}");
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task ReadAsync(BenchNode node, BenchUser user, ReadKind kind, string path, Guid? id, Write? after, long due)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (after?.Token is { } token)
        {
            request.Headers.Add("Consistency-Token", token);
        }

        var copyKey = (node.Number, user.Number, path);
        var copy = _copies.TryGetValue(copyKey, out var known) && known.Incarnation == node.Incarnation ? known.Asked : 0;
        var incarnation = node.Incarnation;
        var begun = Stopwatch.GetTimestamp();
        var answer = await SendAsync(node, user, request, due);
        if (answer is null)
        {
            return;
        }

        var ended = Stopwatch.GetTimestamp();
        var view = new ReadView(node.Number, begun, ended, after?.Token, Window);
        string? source = null;
        string? reason = null;
        switch (answer.Value.Status)
        {
            case 200:
                (source, reason, var isWhole) = AnswerCheck.Check(kind, user, view, answer.Value.Body, Tally.Breach);
                _read.AddOrUpdate((user.Number, path), source != "stale", (_, was) => was || source != "stale");

                if (isWhole && source is "memory" or "redis")
                {
                    // Not what was loaded: where a write has overtaken it on the way, it is answered and not kept.
                    _copies[copyKey] = (incarnation, begun);
                }

                break;
            case 404 when id is { } item:
                AnswerCheck.CheckMissing(user, view, item, Tally.Breach);
                break;
            case 503 when copy == 0:
                CheckRefusal(node, answer.Value, due, ended, $"GET {path}");
                break;
            case 503:
                Tally.Breach(node.WasAbsent(due, ended) ? Breach.Unexpected : Breach.ErrorDespiteCopy, $"{kind} of {user.Name} at node {node.Number}: 503 {answer.Value.Code}");
                break;
            default:
                Tally.Breach(Breach.Unexpected, $"GET {path}: {answer.Value.Status} {answer.Value.Code}");
                break;
        }

        // A write of shortly before may have overtaken the copy as it was made: a lease lags as far as the journal that its node knew, and a node may have been cut off.
        var hasCopy = copy > 0 && Math.Max(user.Ledger.LastWrite, plan.LastCrash()) < copy - LongestLag && after is null;
        Note(node, due, answer.Value, isWrite: false, source, reason, hasCopy ? plan.CopyBound : plan.Bound, $"GET {path} of {user.Name}");
    }

    private async Task WriteAsync(BenchNode node, BenchUser user, Random random, long due)
    {
        var name = user.NewName();
        var begun = Stopwatch.GetTimestamp();
        var kind = random.Next(5);
        var item = kind <= 2 ? user.Ledger.Change(node.Number, begun, delete: kind > 0, name, random) : null;
        var creates = item is null;
        item ??= user.Ledger.Create(node.Number, begun, name);
        var (method, write) = creates ? (HttpMethod.Post, item.Created) : kind == 0 ? (HttpMethod.Patch, item.Renamed!) : (HttpMethod.Delete, item.Deleted!);
        using var request = new HttpRequestMessage(method, creates ? "/api/experiments" : $"/api/experiments/{item.Id:D}")
        {
            Content = creates ? JsonContent.Create(new { name, experiment_type = "memory", parameters = new { items_count = 5 } }) : kind == 0 ? JsonContent.Create(new { name }) : null,
        };
        var answer = await SendAsync(node, user, request, due);
        if (answer is null)
        {
            return;
        }

        switch (answer.Value.Status)
        {
            case 200 or 201 or 204:
                user.Ledger.Acknowledge(
                    write, Stopwatch.GetTimestamp(), answer.Value.Token, item, creates ? answer.Value.Body.GetProperty("experiment").GetProperty("id").GetGuid() : null);
                break;
            case 503:
                CheckRefusal(node, answer.Value, due, Stopwatch.GetTimestamp(), $"{method}");
                if (answer.Value.Code == "CIRCUIT_BREAKER_OPEN")
                {
                    // The commit comes last, so it was never sent.
                    user.Ledger.Withdraw(write, item);
                }

                break;
            case 404 or 409 when !creates && kind == 0 && item.Deleted is not null:
                // A deletion that was sent later has overtaken it, so it did not happen.
                break;
            case 404:
                Tally.Breach(Breach.LostWrite, $"{method} of {user.Name} at node {node.Number}: there is no such experiment, and its creation was acknowledged");
                break;
            default:
                Tally.Breach(Breach.Unexpected, $"{method}: {answer.Value.Status} {answer.Value.Code}");
                break;
        }

        Note(node, due, answer.Value, isWrite: true, null, null, plan.Bound, $"{method} of {user.Name}");
    }

    private void CheckRefusal(BenchNode node, Answered answer, long due, long ended, string what)
    {
        // A node that was only just started is asked for everything at once; in service, a balancer sends it requests once it is ready.
        var mayRefuse = plan.MayRefuse(due, ended) || node.WasAbsent(due - StartUp, ended);
        if (!mayRefuse || !answer.IsProblem || !answer.SaysWhen || answer.Code is not ("DATABASE_ERROR" or "CIRCUIT_BREAKER_OPEN"))
        {
            Tally.Breach(Breach.Unexpected, $"{what}: {answer.Status} {answer.Code}, problem {answer.IsProblem}, Retry-After {answer.SaysWhen}");
        }
    }

    /// <summary>Sends a request; null where its node was not there, or where the link broke (which is then noted).</summary>
    private async Task<Answered?> SendAsync(BenchNode node, BenchUser user, HttpRequestMessage request, long due)
    {
        request.Headers.Authorization = user.Authorization;
        try
        {
            using var response = await node.Http.SendAsync(request);
            var text = await response.Content.ReadAsByteArrayAsync();
            var body = text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
            var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
            return new Answered(
                (int)response.StatusCode,
                body,
                response.Headers.TryGetValues("Consistency-Token", out var tokens) ? tokens.Single() : null,
                isProblem,
                isProblem ? body.GetProperty("error_code").GetString() : null,
                response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            var ended = Stopwatch.GetTimestamp();
            if (!node.WasAbsent(due, ended) || Stopwatch.GetElapsedTime(Math.Min(ended, node.BackAt(due, ended)), ended) > plan.Bound)
            {
                Tally.Breach(Breach.Unexpected, $"{request.Method} {request.RequestUri} at node {node.Number}: {exception.GetType().Name} {exception.Message}");
            }

            return null;
        }
    }

    private void Note(BenchNode node, long due, Answered answer, bool isWrite, string? source, string? reason, TimeSpan bound, string what)
    {
        var ended = Stopwatch.GetTimestamp();
        var wasAbsent = node.WasAbsent(due, ended);
        // A node that was away owes an answer from when it was back.
        var took = Stopwatch.GetElapsedTime(wasAbsent ? Math.Min(ended, node.BackAt(due, ended)) : due, ended);
        if (took > (wasAbsent ? plan.Bound : bound))
        {
            Tally.Breach(Breach.TooLate, $"{what} at node {node.Number}: {took.TotalSeconds:0.00} s, {answer.Status} {source} {reason}");
        }

        if (wasAbsent)
        {
            return;
        }

        Tally.Add(new Seen(due, took, node.Number, isWrite, answer.Status, source, reason));
    }

    private readonly record struct Answered(int Status, JsonElement Body, string? Token, bool IsProblem, string? Code, bool SaysWhen);
}
