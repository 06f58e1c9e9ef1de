namespace NeuroLab.ArchitectureTests.Violations.ForDevelopment.Development
{
    internal sealed class StopsStores;
}

namespace NeuroLab.ArchitectureTests.Violations.ForDevelopment
{
    internal sealed class MapsWhatStopsStores
    {
        public static string Path() => "/api/development/stores";
    }

    internal sealed class SpeaksOfDevelopment
    {
        public static string Environment() => "Development";
    }
}
