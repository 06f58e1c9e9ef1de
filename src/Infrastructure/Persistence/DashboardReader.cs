using NeuroLab.Application.Abstractions.Persistence;

namespace NeuroLab.Infrastructure.Persistence;

/// <inheritdoc />
internal sealed class DashboardReader(Database database) : IDashboardReader
{
    public Task<T> ReadAsync<T>(Guid userId, Func<IDashboardSnapshot, CancellationToken, Task<T>> read, CancellationToken cancellationToken) => database.ReadAsync(
        async (context, token) =>
        {
            await using var transaction = await Snapshot.BeginAsync(context, token);
            return await read(new DashboardSnapshot(context, transaction, userId), token);
        },
        cancellationToken);
}
