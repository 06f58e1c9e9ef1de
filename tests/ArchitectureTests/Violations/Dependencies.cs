using Microsoft.EntityFrameworkCore;
using StackExchange.Redis;

namespace NeuroLab.ArchitectureTests.Violations.Dependencies
{
    internal sealed class UsesEfCoreInAField
    {
        private readonly DbContext? _context;

        public UsesEfCoreInAField(object context) => _context = context as DbContext;

        public override string ToString() => $"{_context}";
    }

    internal sealed class UsesRedisInAnAsyncMethod
    {
        public static async Task<long> Count(object server)
        {
            await Task.Yield();
            return await ((IDatabase)server).ListLengthAsync("key");
        }
    }

    internal sealed class UsesTheBaseClassLibrary
    {
        public static DateOnly Day(TimeProvider clock) => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
    }
}

namespace NeuroLab.ArchitectureTests.Violations.Words
{
    internal sealed class RemembersItsCacheKey
    {
        public string CacheKey { get; } = "";
    }

    internal sealed class SpeaksOfTheDomain
    {
        public string Name { get; } = "";
    }
}

namespace NeuroLab.ArchitectureTests.Violations.Modules.Orders
{
    public sealed class Order
    {
        public Guid Id { get; init; }
    }

    internal sealed class OrderNumbers
    {
        public static int Next(int last) => last + 1;
    }
}

namespace NeuroLab.ArchitectureTests.Violations.Modules.Billing
{
    using Orders;

    public sealed class UsesWhatIsPublic
    {
        public Order? Order { get; init; }
    }

    public sealed class UsesWhatIsInternal
    {
        public static int Number(int last) => OrderNumbers.Next(last);
    }
}

namespace NeuroLab.ArchitectureTests.Violations.Modules.Shipping
{
    public sealed class UsesNothing
    {
        public string Address { get; init; } = "";
    }
}

namespace NeuroLab.ArchitectureTests.Violations.Modules.Shared
{
    public sealed class UsedByAll
    {
        public Orders.Order? Order { get; init; }
    }
}
