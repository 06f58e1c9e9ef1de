using System.Net.Sockets;
using NeuroLab.Infrastructure.Development;

namespace NeuroLab.Infrastructure.Persistence.Development;

/// <summary>A driver whose database can be stopped: every call then fails as one whose connection was refused. Thread-safe.</summary>
internal sealed class StoppableDatabase(IDatabaseDriver driver, FaultSwitches switches) : IDatabaseDriver
{
    public Task<T> StartAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken stop) => switches.DatabaseIsStopped
        ? Task.FromException<T>(new SocketException((int)SocketError.ConnectionRefused))
        : driver.StartAsync(call, stop);
}
