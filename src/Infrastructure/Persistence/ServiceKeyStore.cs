using System.Globalization;
using Microsoft.EntityFrameworkCore;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence.Model;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>Keys that all nodes share, made by whichever asks first. A series of keys is a name and, for each later one, that name with a number. Thread-safe.</summary>
internal sealed class ServiceKeyStore(Database database, TimeProvider clock)
{
    private const char Separator = ':';

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

            // May be tried again: whoever was first stays.
            await InsertAsync(context, name, create(), DateTime.MinValue, token);
            return (await context.ServiceKeys.SingleAsync(k => k.Name == name, token)).Value;
        },
        cancellationToken);

    /// <summary>The keys of a series.</summary>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    public Task<IReadOnlyList<ServiceKey>> ReadSeriesAsync(string name, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<ServiceKey>>(
        async (context, token) => await context.ServiceKeys.Where(k => k.Name == name || k.Name.StartsWith(name + Separator)).ToListAsync(token),
        cancellationToken);

    /// <summary>The name of the key after those of a series.</summary>
    public static string NextName(string name, IEnumerable<ServiceKey> series)
    {
        var last = series.Select(k => k.Name.Length > name.Length && int.TryParse(k.Name.AsSpan(name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .DefaultIfEmpty().Max();
        return string.Create(CultureInfo.InvariantCulture, $"{name}{Separator}{last + 1}");
    }

    /// <summary>Adds a key, unless its name is taken.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The key.</param>
    /// <param name="earliest">When it counts as made at the earliest, UTC, whatever the clock says.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether it was added.</returns>
    /// <exception cref="OriginUnavailableException">The database cannot be reached; it may have been added.</exception>
    public Task<bool> TryAddAsync(string name, byte[] value, DateTime earliest, CancellationToken cancellationToken) =>
        database.WriteAsync(async (context, token) => await InsertAsync(context, name, value, earliest, token) == 1, null, cancellationToken);

    /// <summary>Removes keys.</summary>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    public Task RemoveAsync(IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        database.WriteAsync((context, token) => context.ServiceKeys.Where(k => names.Contains(k.Name)).ExecuteDeleteAsync(token), null, cancellationToken);

    private async Task<int> InsertAsync(NeuroLabDbContext context, string name, byte[] value, DateTime earliest, CancellationToken cancellationToken)
    {
        // In the database's own time, where it has one: the nodes' clocks may differ, and by this time keys come into use and go out of it.
        var now = database.Target.IsPostgres ? (await context.Database.SqlQuery<DateTime>($"SELECT now() AS \"Value\"").SingleAsync(cancellationToken)) : clock.UtcNow();
        var createdAt = now > earliest ? now : earliest;
        return await context.Database.ExecuteSqlAsync(
            $"INSERT INTO service_keys (name, value, created_at) VALUES ({name}, {value}, {createdAt}) ON CONFLICT (name) DO NOTHING", cancellationToken);
    }
}
