using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Redis;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.IntegrationTests.History;

/// <summary>A node: the product's own cache, journal and persistence, composed as the product composes them, that does what it is told by a pipe.</summary>
internal sealed class NodeHost : IAsyncDisposable
{
    /// <summary>The setting that says that bugs can be planted. Without it nothing stands between the parts of the product.</summary>
    public const string Plantable = "Plantable";

    private readonly IHost _host;
    private readonly Operations _operations;

    private NodeHost(IHost host) => (_host, _operations) = (host, host.Services.GetRequiredService<Operations>());

    public static async Task<NodeHost> StartAsync(string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddCommandLine(settings);
        builder.Logging.AddSimpleConsole(console => { console.SingleLine = true; console.TimestampFormat = "HH:mm:ss.fff "; }).SetMinimumLevel(LogLevel.Warning)
            .AddFilter(typeof(Infrastructure.Caching.Engine.Loader).FullName, LogLevel.Error);
        var clock = new NodeClock();
        builder.Services
            .AddSingleton(clock)
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton<Plants>()
            .AddSingleton<Operations>()
            .AddSingleton<RegisterReader>()
            .AddPersistence(builder.Configuration)
            .AddRedisTier(builder.Configuration)
            .AddCaching(builder.Configuration);
        if (builder.Configuration[Plantable] is not null)
        {
            Plants.Decorate(builder.Services);
        }

        var host = builder.Build();
        await host.StartAsync();

        // What comes up behind the start is waited for: a node that is ready is one like any other.
        while (!host.Services.GetRequiredService<Database>().Ready.IsCompleted || host.Services.GetRequiredService<IDistributedTier>() is { IsConfigured: true, IsAvailable: false })
        {
            await Task.Delay(10);
        }

        return new NodeHost(host);
    }

    /// <summary>Does what it is told, many things at once, until the pipe ends.</summary>
    public Task ServeAsync(Wire wire) => Task.Factory.StartNew(
        () =>
        {
            wire.Send<Result>(0, false, [], static (result, to) => result.WriteTo(to));
            while (wire.Receive(Op.ReadFrom) is { } batch)
            {
                _ = Task.Run(async () => wire.Send(
                    batch.Id,
                    batch.InOrder,
                    batch.InOrder ? await InOrderAsync(batch.Items) : await Task.WhenAll(batch.Items.Select(_operations.RunAsync)),
                    static (result, to) => result.WriteTo(to)));
            }
        },
        TaskCreationOptions.LongRunning);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private async Task<Result[]> InOrderAsync(Op[] operations)
    {
        var results = new Result[operations.Length];
        for (var i = 0; i < operations.Length; i++)
        {
            results[i] = await _operations.RunAsync(operations[i]);
        }

        return results;
    }
}

/// <summary>
/// A node's clocks: the wall clock can be stepped, the monotonic one is the machine's own. Housekeeping that comes once a minute comes once a second, so
/// that a short run sees it.
/// </summary>
internal sealed class NodeClock : TimeProvider
{
    private long _step;

    /// <summary>By how much the wall clock is wrong.</summary>
    public TimeSpan Step
    {
        get => new(Volatile.Read(ref _step));
        set => Volatile.Write(ref _step, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        period == TimeSpan.FromMinutes(1)
            ? base.CreateTimer(callback, state, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))
            : base.CreateTimer(callback, state, dueTime, period);
}
