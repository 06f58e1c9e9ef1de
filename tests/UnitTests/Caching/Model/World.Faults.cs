namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>What fails in the world, and what mends it.</summary>
internal sealed partial class World
{
    private void HangUp()
    {
        if (_running.Count > 0 && _running[Random.Next(_running.Count)].Read is { } read)
        {
            Log(read.Process, $"hangs up {read}");
            read.Process.LastUnusual[read.Key] = Now;
            read.HungUp.Cancel();
        }
    }

    private void Disturb(ModelNode node)
    {
        switch (Random.Next(12))
        {
            case 0 or 1:
                SetRedis(up: false);
                break;
            case 2:
                Redis.Empty();
                Log("Redis is emptied");
                break;
            case 3 or 4:
                Redis.KeepCopy();
                break;
            case 5:
                Redis.RollBack();
                Log("Redis is rolled back");
                break;
            case 6:
                SetPaused(node, true);
                break;
            case 7 or 8:
                SetReachable(node, false);
                break;
            case 9:
                Kill(node);
                break;
            case 10:
                Log("a second passes");
                Advance(1000);
                break;
            default:
                if (Random.Next(10) == 0)
                {
                    SetPaused(node, true);
                    Log("a long time passes");
                    Advance((int)(3 * MaxEntryLife).TotalMilliseconds);
                }

                break;
        }
    }

    /// <summary>What failed comes back after a while.</summary>
    private void Heal()
    {
        if (Random.Next(40) == 0)
        {
            SetRedis(up: true);
        }

        foreach (var node in _nodes)
        {
            if (Random.Next(40) == 0)
            {
                SetReachable(node, true);
            }

            if (Random.Next(40) == 0)
            {
                SetPaused(node, false);
            }
        }
    }

    private void SetRedis(bool up)
    {
        if (Redis.IsUp != up)
        {
            Redis.IsUp = up;
            Log($"Redis is {(up ? "up" : "down")}");
        }
    }

    private void SetReachable(ModelNode node, bool reachable)
    {
        if (node.IsReachable != reachable)
        {
            node.IsReachable = reachable;
            Log($"node {node.Name} is {(reachable ? "connected" : "cut off")}");
        }
    }

    private void SetPaused(ModelNode node, bool paused)
    {
        if (node.IsPaused != paused)
        {
            Log($"node {node.Name} {(paused ? "stops" : "goes on")}");
            node.IsPaused = paused;
            if (paused)
            {
                node.Process.Clock.Pause();
            }
            else
            {
                node.Process.Clock.Resume();
            }
        }
    }

    private void Kill(ModelNode node)
    {
        Log($"node {node.Name} is killed and started anew");
        var process = node.Process;
        process.Kill();
        process.Transactions.ForEach(Database.RollBack);
        Gates.Forget(process);
        _running.RemoveAll(operation => operation.Process == process);
        node.IsPaused = false;
        StartProcess(node);
    }
}
