using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Infrastructure.Caching.Redis.Development;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.Infrastructure.Persistence.Development;
using StackExchange.Redis.Configuration;

namespace NeuroLab.Infrastructure.Development;

/// <summary>
/// Takes the database or Redis away from this process, and gives it back, for those who want to see what happens then. What is taken away is the way to it: breakers, retries, heartbeats and health
/// answers find out by themselves, as they do when a server stops. Both are there at the start. Thread-safe.
/// </summary>
public sealed class FaultSwitches
{
    private volatile bool _databaseIsStopped;
    private volatile bool _redisIsStopped;

    /// <summary>Whether calls of the database are refused. Those under way end as if it were stopped in an orderly way.</summary>
    public bool DatabaseIsStopped
    {
        get => _databaseIsStopped;
        set => _databaseIsStopped = value;
    }

    /// <summary>Whether links to Redis are cut, and new ones refused.</summary>
    public bool RedisIsStopped
    {
        get => _redisIsStopped;
        set
        {
            _redisIsStopped = value;
            RedisSwitched?.Invoke();
        }
    }

    /// <summary>After <see cref="RedisIsStopped"/> was set.</summary>
    internal event Action? RedisSwitched;
}

/// <summary>Registers the switches.</summary>
public static class FaultServices
{
    /// <summary>Puts switches before the database and Redis. After the adapters are registered.</summary>
    public static IServiceCollection AddFaultSwitches(this IServiceCollection services) => services
        .AddSingleton<FaultSwitches>()
        .Decorate<IDatabaseDriver, StoppableDatabase>()
        .AddSingleton<Tunnel, StoppableRedis>();
}
