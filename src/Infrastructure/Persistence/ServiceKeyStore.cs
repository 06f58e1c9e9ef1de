using Microsoft.EntityFrameworkCore;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>Keys that all nodes share, made by whichever asks first. Thread-safe.</summary>
internal sealed class ServiceKeyStore(Database database, TimeProvider clock)
{
    /// <summary>The key of this name; made, and the same for every node, where there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="create">Makes one; what it makes is thrown away where another node was first.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    public Task<byte[]> GetOrCreateAsync(string name, Func<byte[]> create, CancellationToken cancellationToken) => database.ReadAsync(
        async (context, token) =>
        {
            if (await context.ServiceKeys.SingleOrDefaultAsync(k => k.Name == name, token) is { } key)
            {
                return key.Value;
            }

            var (value, now) = (create(), clock.UtcNow());
            // The same words on both databases. May be tried again: whoever was first stays.
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO service_keys (name, value, created_at) VALUES ({name}, {value}, {now}) ON CONFLICT (name) DO NOTHING", token);
            return (await context.ServiceKeys.SingleAsync(k => k.Name == name, token)).Value;
        },
        cancellationToken);
}
